import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { SwarmError } from '../../core/errors.ts';
import { type Switched, switchDrone, type Version } from '../../fleet/switch-drone.ts';
import { resolveSettings } from '../../settings/resolve.ts';
import { type ConnectionFlags, findConnection, isLoopback } from '../frame/connection.ts';
import { EXIT } from '../frame/exit-codes.ts';
import { integerBetween, readSettings } from '../frame/settings.ts';
import { onStopSignal, STOP_SIGNALS } from '../frame/signals.ts';
import { printJson, type Terminal } from '../frame/terminal.ts';
import { askingBeside } from '../hosts/asking.ts';
import { chosenDrones, dronesAt, type FoundDrone } from '../hosts/find-drones.ts';
import { inParallel } from '../hosts/in-parallel.ts';
import { openHosts } from '../hosts/open-hosts.ts';
import type { SshFlags } from '../hosts/ssh-flags.ts';
import { sectionHead } from '../output/section.ts';
import { switchedLine, switchReport, switchSummary } from '../output/switch-lines.ts';
import { count, oneLine } from '../output/text.ts';

export type SwitchFlags = ConnectionFlags &
  SshFlags & {
    readonly wait: string;
    readonly dryRun?: boolean | undefined;
    readonly json?: boolean | undefined;
  };

/** Where the control planes are, and what to show them. */
type Plane = { readonly version: Version; readonly url: string; readonly token: string | undefined };

const LOOK_MS = 500;
const Flags = z.object({ '--wait': integerBetween(5, 600, ' seconds') });

/** Points drones at the control plane of a version. Gives the exit status. */
export async function switchDrones(
  version: Version,
  words: readonly string[],
  flags: SwitchFlags,
  terminal: Terminal,
): Promise<number> {
  const { '--wait': waitS } = readSettings(Flags, { '--wait': flags.wait });
  const beside = askingBeside(terminal);
  const hosts = openHosts(flags, terminal, beside.asking);
  const planes = await findPlanes(flags, terminal);
  const target = planes[version];
  const say = flags.json === true ? () => {} : terminal.print;
  for (const line of sectionHead(`Switch to ${version.toUpperCase()}`, terminal.style)) say(line);
  const { drones, isTargetThere } = await discover(planes, target, say);
  const chosen = chosenDrones(drones, words, (unknown, known) => {
    terminal.tell(`Warning: there is no drone ${unknown.map(oneLine).join(', ')}; known are ${known.join(', ')}`);
  });
  if (chosen.length === 0) throw new SwarmError('NOT_FOUND', noDrones(words, planes));
  say(`\n  Target: ${target.url}`);
  for (const { name, address } of chosen) say(`    ${name} (${oneLine(address)})`);
  say('');
  if (flags.dryRun === true) {
    if (flags.json === true)
      printJson(
        terminal,
        switchReport(
          target.url,
          chosen.map((drone) => ({ drone, outcome: null })),
        ),
      );
    else say('  Dry run — no changes made.');
    return EXIT.ok;
  }
  if (!isTargetThere)
    throw new SwarmError(
      'SERVER_UNREACHABLE',
      `the ${version} control plane ${target.url} does not answer, so no drone was touched`,
    );
  const stopping = new AbortController();
  let stopped: number | undefined;
  const stopListening = onStopSignal((signal) => {
    stopped = STOP_SIGNALS[signal];
    stopping.abort(new Error('stopped before it was heard of'));
  });
  const progress = beside.progress(`Switching ${count(chosen.length, 'drone')}`);
  try {
    const outcomes = await inParallel(chosen, hosts.jobs, async (drone) => {
      const known = await before(target, drone);
      const needs = {
        ...hosts,
        isHeardOf: (signal: AbortSignal) => isHeardOf(target, known, { drone, waitS, signal }),
      };
      const wish = { host: hosts.hostOf(drone.address || drone.name), url: target.url, version };
      return { drone, outcome: await switchDrone(needs, wish, stopping.signal) };
    });
    progress.done();
    for (const each of outcomes) say(switchedLine(each, terminal));
    for (const line of switchSummary(outcomes, version, terminal)) say(line);
    if (flags.json === true) printJson(terminal, switchReport(target.url, outcomes));
    return stopped ?? statusOf(outcomes.map(({ outcome }) => outcome));
  } finally {
    progress.done();
    stopListening();
  }
}

/** @throws SwarmError BAD_SETTING where what is known of the host means only this machine */
async function findPlanes(flags: SwitchFlags, { env }: Terminal): Promise<Readonly<Record<Version, Plane>>> {
  const { values } = resolveSettings({ flags: { '--data': flags.data }, env, uid: process.getuid?.() });
  const { GATEWAY_HOST: named, V2_GATEWAY_PORT: v2Port, V3_GATEWAY_PORT: v3Port } = values;
  const { baseUrl, token } = await findConnection(flags, env);
  const { hostname } = new URL(baseUrl);
  if (named === null && isLoopback(hostname.replace(/^\[|\]$/g, '')))
    throw new SwarmError(
      'BAD_SETTING',
      `${baseUrl} means this machine only: set GATEWAY_HOST to the address by which drones know the host of the control planes`,
    );
  const host = named ?? hostname;
  const v3 = named === null ? baseUrl.replace(/\/+$/, '') : `http://${bracketed(named)}:${v3Port}`;
  return {
    v2: { version: 'v2', url: `http://${bracketed(host)}:${v2Port}`, token: undefined },
    v3: { version: 'v3', url: v3, token },
  };
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** What both know. Of a drone that both list counts where it is online, else where it is to be taken from. */
async function discover(planes: Readonly<Record<Version, Plane>>, target: Plane, say: (line: string) => void) {
  const drones = new Map<string, FoundDrone>();
  let isTargetThere = false;
  for (const { version, url, token } of [planes.v2, planes.v3]) {
    const found = await dronesAt(url, token);
    if (found === undefined) say(`  ${version} control plane not reachable (port ${new URL(url).port || 80})`);
    else say(`  Discovered ${count(found.length, 'drone')} from ${version}`);
    for (const drone of found ?? []) {
      const other = drones.get(drone.name);
      const isBetter =
        other === undefined || (drone.isOnline === other.isOnline ? version !== target.version : drone.isOnline);
      if (isBetter) drones.set(drone.name, drone);
    }
    if (version === target.version) isTargetThere = found !== undefined;
  }
  return { drones: [...drones.values()], isTargetThere };
}

function noDrones(words: readonly string[], { v2, v3 }: Readonly<Record<Version, Plane>>): string {
  if (words.length > 0) return `none of these is a drone: ${words.map(oneLine).join(', ')}`;
  return `no drones are known, neither by ${v2.url} nor by ${v3.url}`;
}

/** How the other control plane knew it before it was sent there. */
async function before({ url, token }: Plane, drone: FoundDrone): Promise<FoundDrone | undefined> {
  return (await dronesAt(url, token))?.find((each) => isSame(each, drone));
}

/** Two machines may have one name, and version 2 may tell no id. */
function isSame(one: FoundDrone, other: FoundDrone): boolean {
  return one.id !== null && other.id !== null ? one.id === other.id : one.name === other.name;
}

type Waiting = { readonly drone: FoundDrone; readonly waitS: number; readonly signal: AbortSignal };

async function isHeardOf({ url, token }: Plane, known: FoundDrone | undefined, { drone, waitS, signal }: Waiting) {
  const until = performance.now() + waitS * 1000;
  for (;;) {
    const now = (await dronesAt(url, token))?.find((each) => isSame(each, drone));
    const isNews = known?.lastSeen === undefined || known.lastSeen === null || now?.lastSeen !== known.lastSeen;
    if (now?.isOnline === true && isNews) return true;
    if (performance.now() >= until) return false;
    await pause(LOOK_MS, undefined, { signal });
  }
}

function statusOf(outcomes: readonly Switched[]): number {
  const failed = outcomes.filter(({ kind }) => kind === 'failed' || kind === 'rolled-back').length;
  if (failed === 0) return EXIT.ok;
  return failed === outcomes.length ? EXIT.failed : EXIT.partly;
}
