import { ApiError } from '../../client/api-error.ts';
import type { Client } from '../../client/client.ts';
import { SwarmError } from '../../core/errors.ts';
import { type AuditNeeds, type AuditTarget, auditHost, type HostAudit } from '../../fleet/audit-host.ts';
import { confirm } from '../frame/confirm.ts';
import type { ConnectionFlags } from '../frame/connection.ts';
import { EXIT } from '../frame/exit-codes.ts';
import { openClient } from '../frame/open-client.ts';
import { onStopSignal, STOP_SIGNALS } from '../frame/signals.ts';
import { printJson, type Terminal } from '../frame/terminal.ts';
import { askingBeside } from '../hosts/asking.ts';
import { chosenDrones } from '../hosts/find-drones.ts';
import { type ComplyFiles, complyFiles, headOf } from '../hosts/image-files.ts';
import { inParallel } from '../hosts/in-parallel.ts';
import { type Hosts, openHosts } from '../hosts/open-hosts.ts';
import type { SshFlags } from '../hosts/ssh-flags.ts';
import { auditLines, auditReport, overallLine, type ShownAudit } from '../output/audit-lines.ts';
import type { Progress } from '../output/progress.ts';
import { sectionHead } from '../output/section.ts';
import { count, oneLine } from '../output/text.ts';
import { deploy } from './drone-deploy.ts';

export type AuditFlags = ConnectionFlags &
  SshFlags & {
    readonly spec?: string | undefined;
    readonly strict?: boolean | undefined;
    readonly fix?: boolean | undefined;
    readonly cpUrl?: string | undefined;
    readonly yes?: boolean | undefined;
    readonly json?: boolean | undefined;
  };

type World = {
  readonly flags: AuditFlags;
  readonly terminal: Terminal;
  readonly client: Client;
  readonly hosts: Hosts;
  readonly files: ComplyFiles;
  readonly progress: (text: string) => Progress;
  readonly signal: AbortSignal;
};

/** Looks at drones. Gives the exit status. */
export async function audit(words: readonly string[], flags: AuditFlags, terminal: Terminal): Promise<number> {
  const files = await complyFiles(flags.spec);
  const client = await openClient(flags, terminal);
  const { asking, progress } = askingBeside(terminal);
  const hosts = openHosts(flags, terminal, asking);
  const stopping = new AbortController();
  let stopped: number | undefined;
  const stopListening = onStopSignal((signal) => {
    stopped = STOP_SIGNALS[signal];
    stopping.abort();
  });
  try {
    const world = { flags, terminal, client, hosts, files, progress, signal: stopping.signal };
    const targets = await findTargets(world, words);
    const first = await auditAll(world, targets);
    const audits = flags.fix === true && stopped === undefined ? await fixAndLookAgain(world, targets, first) : first;
    if (flags.json === true) printJson(terminal, auditReport(audits));
    return stopped ?? statusOf(audits, flags);
  } finally {
    stopListening();
  }
}

async function findTargets({ client, terminal, hosts }: World, words: readonly string[]): Promise<AuditTarget[]> {
  const reply = await client.nodes({ query: { all: 'true' } });
  const nodes = Array.isArray(reply) ? reply : reply.drones;
  const found = nodes.map(({ id, name, ip: address, online: isOnline, last_seen: lastSeen }) => {
    return { id, name, address, isOnline, lastSeen };
  });
  if (found.length === 0)
    throw new SwarmError(
      'NOT_FOUND',
      'no drones are known here: a host becomes one with build-swarmv3 drone deploy HOST',
    );
  const chosen = chosenDrones(found, words, (unknown, known) => {
    terminal.tell(`Warning: there is no drone ${unknown.map(oneLine).join(', ')}; known are ${known.join(', ')}`);
  });
  if (chosen.length === 0)
    throw new SwarmError('NOT_FOUND', `none of these is a drone: ${words.map(oneLine).join(', ')}`);
  return chosen.map(({ name, id, address }) => ({ name, droneId: id, host: hosts.hostOf(address || name) }));
}

async function auditAll(world: World, targets: readonly AuditTarget[]): Promise<ShownAudit[]> {
  const { flags, terminal, hosts, files } = world;
  const say = flags.json === true ? () => {} : terminal.print;
  for (const line of headLines(world, targets)) say(line);
  const progress = world.progress(`Looking at ${count(targets.length, 'drone')}`);
  const needs: AuditNeeds = { ...hosts, ...files, now: () => performance.now() };
  try {
    const audits = await inParallel(targets, hosts.jobs, (target) => auditHost(needs, target, world.signal));
    progress.done();
    const shown: ShownAudit[] = [];
    // One after the other, so that of two drones of one name each is compared with what was before it.
    for (const each of audits) shown.push({ ...each, kept: await keep(world, each) });
    for (const each of shown) auditLines(each, terminal).forEach((line) => say(line));
    say(overallLine(shown));
    return shown;
  } finally {
    progress.done();
  }
}

function headLines({ files, terminal: { style } }: World, targets: readonly AuditTarget[]): string[] {
  const head = headOf(files.spec);
  return [
    ...sectionHead('Drone Compliance Audit', style),
    `  ${style.dim('Spec:')} v${head?.version} (${head?.updated})`,
    `  ${style.dim('Expected profile:')} ${head?.profile}`,
    `  ${style.dim('Targets:')} ${targets.length} drone(s)`,
    '',
  ];
}

/** What was found is shown all the same where the token may only look. */
async function keep({ client, terminal }: World, found: HostAudit): Promise<ShownAudit['kept']> {
  const { drone, droneId, address, verdict, spec, durationS, error, checks } = found;
  try {
    return await client.recordAudit({
      body: {
        ...{ drone, drone_id: droneId, address, verdict, error, duration_s: durationS },
        ...{ spec_version: spec?.version ?? null, spec_updated: spec?.updated ?? null },
        checks: checks.map((check) => ({ ...check, details: [...check.details] })),
      },
    });
  } catch (refused) {
    if (!(refused instanceof ApiError)) throw refused;
    terminal.tell(`The audit of ${oneLine(drone)} was not kept: ${oneLine(refused.message)}`);
    return null;
  }
}

async function fixAndLookAgain(world: World, targets: readonly AuditTarget[], audits: readonly ShownAudit[]) {
  const { flags, terminal } = world;
  const drifted = audits.filter(({ verdict }) => verdict === 'non-compliant' || verdict === 'warnings');
  if (drifted.length === 0) {
    terminal.tell('Nothing to fix.');
    return audits;
  }
  const names = drifted.map(({ drone }) => oneLine(drone)).join(', ');
  const consequence = `This deploys again to ${names}: what the bootstrap script finds otherwise than it should be, it changes.`;
  if (!(await confirm(consequence, { terminal, yes: flags.yes }))) return audits;
  for (const found of drifted) await fix(world, found);
  const again = targets.filter(({ name }) => drifted.some(({ drone }) => drone === name));
  const after = await auditAll(world, again);
  return audits.map((before) => after.find(({ drone }) => drone === before.drone) ?? before);
}

/** The same script as ever, without the parts that have nothing to do with what is wrong and take hours. */
async function fix({ flags, terminal }: World, { drone, address, checks }: ShownAudit): Promise<void> {
  const isWrong = (...ids: string[]) => checks.some(({ id, status }) => status !== 'pass' && ids.includes(id));
  const quiet: Terminal = flags.json === true ? { ...terminal, print: terminal.tell } : terminal;
  const more = {
    name: drone,
    sync: isWrong('portage_tree'),
    update: isWrong('world', 'commands', 'profile'),
    json: false,
    wait: '120',
  };
  await deploy([address || drone], { ...flags, ...more }, quiet);
}

function statusOf(audits: readonly ShownAudit[], { strict }: AuditFlags): number {
  const unseen = audits.filter(({ verdict }) => verdict === 'unreachable').length;
  if (unseen === audits.length) return EXIT.failed;
  if (strict === true && audits.some(({ verdict }) => verdict !== 'compliant')) return EXIT.failed;
  return unseen > 0 ? EXIT.partly : EXIT.ok;
}
