import type { Client } from '../../client/client.ts';
import { SwarmError } from '../../core/errors.ts';
import { confirm } from '../frame/confirm.ts';
import type { ConnectionFlags } from '../frame/connection.ts';
import { EXIT } from '../frame/exit-codes.ts';
import { openClient } from '../frame/open-client.ts';
import { printJson, type Terminal } from '../frame/terminal.ts';
import { droneLines, droneListLines, fleetLines, type Health, type Node } from '../output/fleet-lines.ts';
import { printPaged } from '../output/pager.ts';
import { count, oneLine } from '../output/text.ts';

type Common = ConnectionFlags & { readonly json?: boolean | undefined };

export type FleetFlags = Common & { readonly online?: boolean | undefined };

/** Prints the table of the drones. Gives the exit status. */
export async function fleet(flags: FleetFlags, terminal: Terminal): Promise<number> {
  const nodes = await readNodes(await openClient(flags, terminal), flags.online);
  if (flags.json === true) printJson(terminal, nodes);
  else await printPaged(terminal, fleetLines(nodes, terminal));
  return EXIT.ok;
}

/** Prints the drones with what they build and how well. Gives the exit status. */
export async function droneList(flags: FleetFlags, terminal: Terminal): Promise<number> {
  const client = await openClient(flags, terminal);
  const [nodes, { drones }] = await Promise.all([readNodes(client, flags.online), client.droneHealth()]);
  if (flags.json === true) printJson(terminal, nodes);
  else await printPaged(terminal, droneListLines(nodes, drones, terminal));
  return EXIT.ok;
}

/** Prints all about one drone. Gives the exit status. */
export async function droneShow(name: string, flags: Common, terminal: Terminal): Promise<number> {
  const { node, health } = await readDrone(await openClient(flags, terminal), name);
  if (flags.json === true) printJson(terminal, { ...node, health: health ?? null });
  else for (const line of droneLines(node, health, terminal, Date.now() / 1000)) terminal.print(line);
  return EXIT.ok;
}

/** A drone gets no further work, or gets work again. Gives the exit status. */
export async function pauseDrone(name: string, isPaused: boolean, flags: Common, terminal: Terminal): Promise<number> {
  const client = await openClient(flags, terminal);
  const request = { params: { id: name } };
  const reply = await (isPaused ? client.pauseNode(request) : client.resumeNode(request));
  if (flags.json === true) printJson(terminal, reply);
  else {
    terminal.print(`${oneLine(reply.name)} ${reply.status}`);
    if (isPaused) terminal.tell('  What it builds it may finish; it is given nothing more.');
  }
  return EXIT.ok;
}

/** Forgets a drone, after asking. Gives the exit status. */
export async function droneRemove(
  name: string,
  flags: Common & { readonly yes?: boolean | undefined },
  terminal: Terminal,
): Promise<number> {
  const client = await openClient(flags, terminal);
  const { node } = await readDrone(client, name);
  if (!(await confirm(removalOf(node), { terminal, yes: flags.yes }))) return EXIT.failed;
  const reply = await client.deleteNode({ params: { id: node.id } });
  if (flags.json === true) printJson(terminal, reply);
  else terminal.print(`${oneLine(node.name)} removed`);
  return EXIT.ok;
}

function removalOf({ name, running, online }: Node): string {
  const builds = running.length === 0 ? '' : ` ${count(running.length, 'build')} of it will be taken back.`;
  const again = online ? ' It is online, and will be listed again as soon as it is heard of.' : '';
  return `This makes the control plane forget drone ${name}; its history stays.${builds}${again}`;
}

/** By name; every one that is known, unless only those online are wanted. */
async function readNodes(client: Client, onlyOnline: boolean | undefined): Promise<Node[]> {
  const reply = await client.nodes({ query: { all: 'true' } });
  const nodes = Array.isArray(reply) ? reply : reply.drones;
  const shown = onlyOnline === true ? nodes.filter(({ online }) => online) : nodes;
  return shown.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** @throws SwarmError NOT_FOUND when there is no drone of this id or name */
export async function readDrone(
  client: Client,
  idOrName: string,
): Promise<{ readonly node: Node; readonly health: Health | undefined }> {
  const [nodes, { drones }] = await Promise.all([readNodes(client, false), client.droneHealth()]);
  const node = nodes.find(({ id }) => id === idOrName) ?? nodes.find((each) => each.name === idOrName);
  if (node === undefined) throw new SwarmError('NOT_FOUND', `there is no drone ${idOrName}${known(nodes)}`);
  return { node, health: drones.find((each) => each.drone_id === node.id) };
}

const NAMED = 10;

function known(nodes: readonly Node[]): string {
  if (nodes.length === 0) return ': none is registered';
  const more = nodes.length > NAMED ? ' and others' : '';
  const names = nodes.slice(0, NAMED).map(({ name }) => name);
  return `; known are ${names.join(', ')}${more}`;
}
