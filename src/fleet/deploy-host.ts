import type { JoinToken } from '../app/provision-drone.ts';
import type { RemoteHost } from '../app/provision-ports.ts';
import { SwarmError } from '../core/errors.ts';
import { controlPlaneFor } from './control-plane-for.ts';
import { type HostFacts, type LogInNeeds, logIn } from './log-in.ts';
import type { Plane } from './plane.ts';
import { type AskAboutPruning, pruneHost } from './prune-host.ts';
import { awaitDrone, type WaitNeeds } from './registration.ts';
import { isDone, runScript, type ScriptRun, valuesIn } from './remote-script.ts';
import { SERVICE_SCRIPT } from './scripts/service.ts';
import { createSteps, type Outcome, type Step, type Steps } from './steps.ts';

/** What is to become of a host. */
export type DeployWish = {
  readonly host: RemoteHost;
  /** Of the drone; null for the one it has, else that of the host. */
  readonly name: string | null;
  readonly isDryRun: boolean;
  readonly prunes: boolean;
  /** Portage prefix to build in; null for the system itself. */
  readonly prefix: string | null;
  /** Further options of the script. */
  readonly scriptOptions: readonly string[];
  /** Where the drone finds the control plane; null where that is found out from what is known here. */
  readonly controlPlaneUrl: string | null;
  /** Where we find it. */
  readonly ownUrl: string;
};

export type DeployNeeds = LogInNeeds &
  Omit<WaitNeeds, 'drones'> & {
    readonly plane: Plane;
    readonly askAboutPruning: AskAboutPruning;
    /** How long a drone may take until it is heard of. */
    readonly registerLimitMs: number;
  };

/** Who listens. */
export type Hearing = {
  readonly onStep: (step: Step) => void;
  /** What the script says to people. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
};

/** What became of it. */
export type Deployment = {
  readonly address: string;
  /** Of the drone; null where it is not known. */
  readonly name: string | null;
  readonly droneId: string | null;
  readonly controlPlaneUrl: string | null;
  /** False when every step found all as it should be. */
  readonly hasChanged: boolean;
  readonly steps: readonly Step[];
  /** Null when all went well. */
  readonly failure: { readonly step: string; readonly message: string; readonly lines: readonly string[] } | null;
};

/** The first update of a system compiles for a day. */
const LIMIT_MS = 24 * 60 * 60 * 1000;
const MAX_LINES = 200;
const LAST_LINES = 15;

type World = DeployNeeds & {
  readonly wish: DeployWish;
  readonly hearing: Hearing;
  readonly steps: Steps;
  readonly lines: string[];
};

/**
 * Makes a drone of a host, over SSH: logs in, runs the script of the control plane there, removes what nothing needs
 * if that is wished, and waits until the control plane has heard of the drone. What fails is told, not thrown.
 */
export async function deployHost(needs: DeployNeeds, wish: DeployWish, hearing: Hearing): Promise<Deployment> {
  const steps = createSteps(needs.now, hearing.onStep);
  const world: World = { ...needs, wish, hearing, steps, lines: [] };
  const known: { facts?: HostFacts; url?: string } = {};
  try {
    await perform(world, known);
    return deploymentOf(world, known, null);
  } catch (error) {
    const all = steps.list();
    // Between two steps it is the one before that says where.
    const failed = all.findLast(({ state }) => state === 'failed' || state === 'running') ?? all.at(-1);
    const message = error instanceof Error ? error.message : String(error);
    const lines = known.facts === undefined ? [] : world.lines.slice(-LAST_LINES);
    return deploymentOf(world, known, { step: failed?.id ?? 'connect', message, lines });
  }
}

type Known = { facts?: HostFacts; url?: string };

async function perform(world: World, known: Known): Promise<void> {
  const { steps, wish, hearing, plane } = world;
  const { host } = wish;
  const facts = await steps.during(
    'connect',
    () => logIn(world, host, hearing.signal),
    ({ hostName, droneName }) => done(`${host.user}@${host.address}, ${droneName ?? hostName}`),
  );
  known.facts = facts;
  known.url = await controlPlaneFor(world, { wish, facts, signal: hearing.signal });
  const before = await droneBefore(world, facts);
  await bootstrap(world, facts, known.url);
  if (wish.prunes)
    await steps.during(
      'prune',
      () => pruneHost(world, { host, isDryRun: wish.isDryRun, signal: hearing.signal, onLine: hearing.onLine }),
      (outcome) => outcome,
    );
  if (wish.isDryRun) return;
  known.facts = await logIn(world, host, hearing.signal);
  await steps.during(
    'register',
    async () => register(world, known.facts ?? facts, steps.hasChanged() ? await now(plane, before) : before),
    (name) => done(`${name} is online`),
  );
}

function done(says: string): Outcome {
  return { state: 'done', says };
}

async function droneBefore({ plane, wish }: World, { droneId, droneName, hostName }: HostFacts) {
  const drones = await plane.drones();
  const name = wish.name ?? droneName ?? hostName;
  const known = drones.find(({ id }) => id === droneId);
  const namesake = drones.find((drone) => drone.name === name && drone.id !== droneId && drone.isOnline);
  if (namesake !== undefined && known === undefined)
    throw new SwarmError(
      'NAME_TAKEN',
      `there is a drone ${name} already, which is online and another machine; give this one a name of its own with --name`,
    );
  return known;
}

/** A drone that was restarted is heard of only by what it says from now on. */
async function now(plane: Plane, before: { id: string } | undefined) {
  return before === undefined ? undefined : (await plane.drones()).find(({ id }) => id === before.id);
}

async function bootstrap(world: World, facts: HostFacts, url: string): Promise<void> {
  const { wish, plane, shell, steps, hearing, lines } = world;
  const { host, name, isDryRun } = wish;
  // A drone that is deployed again builds where it did.
  const prefix = wish.prefix ?? facts.prefix;
  if (wish.prunes && prefix !== null)
    throw new SwarmError('BAD_SETTING', `this drone builds in the prefix ${prefix}, and --prune is for systems`);
  const text = await plane.script();
  const token = isDryRun ? null : await plane.joinToken(`deployment of ${name ?? host.address}`);
  try {
    const script = {
      text,
      args: [
        ...['--cp-url', url, '--steps-json'],
        ...(name === null ? [] : ['--name', name]),
        ...(prefix === null ? [] : ['--prefix', prefix]),
        ...(isDryRun ? ['--dry-run'] : []),
        ...wish.scriptOptions,
      ],
      before: secretFor(token, isDryRun),
      isRootsWork: true,
    };
    const run = await runScript(shell, host, script, {
      signal: hearing.signal,
      timeoutMs: LIMIT_MS,
      onLine: (line) => {
        if (steps.hear(line)) return;
        lines.push(line);
        if (lines.length > MAX_LINES) lines.shift();
        hearing.onLine(line);
      },
    });
    if (!isDone(run)) throw new SwarmError('SSH_FAILED', complaint(host, run, lines));
  } finally {
    await token?.withdraw();
  }
}

/** Before the script and not among its options, which everybody on that host can read. A dry run enrols nothing. */
function secretFor(token: JoinToken | null, isDryRun: boolean): string {
  if (isDryRun) return 'BUILD_SWARM_JOIN_TOKEN=dry-run\n';
  return token === null ? '' : `BUILD_SWARM_JOIN_TOKEN=${token.text}\n`;
}

function complaint({ address }: RemoteHost, { end }: ScriptRun, lines: readonly string[]): string {
  if (end.kind === 'stopped') return 'stopped before it was done';
  if (end.kind === 'timed-out') return 'took longer than a day and was ended';
  const said = lines.findLast((line) => line.startsWith('[ERROR] '))?.slice('[ERROR] '.length);
  if (said !== undefined) return said;
  const isLost = end.kind === 'exited' && end.exitCode === 255;
  return isLost ? `the connection to ${address} was lost` : `the script ended with status ${exitOf(end)}`;
}

function exitOf(end: ScriptRun['end']): string {
  return end.kind === 'exited' ? String(end.exitCode) : end.kind;
}

async function register(world: World, facts: HostFacts, before: Parameters<typeof awaitDrone>[1]['before']) {
  const { plane, hearing, registerLimitMs: limitMs, shell, wish, lines } = world;
  const { droneId } = facts;
  if (droneId === null) throw new SwarmError('SSH_FAILED', 'the host has neither a machine id nor one of its drone');
  const drone = await awaitDrone(
    { ...world, drones: plane.drones },
    { droneId, before, limitMs, signal: hearing.signal },
  );
  if (drone !== undefined) return drone.name;
  const script = { text: SERVICE_SCRIPT, isRootsWork: true };
  const run = await runScript(shell, wish.host, script, { signal: hearing.signal, timeoutMs: 60_000 });
  lines.push(...run.stdout.filter((line) => line.startsWith('log=')).map((line) => line.slice('log='.length)));
  throw new SwarmError('SSH_FAILED', notHeardOf(valuesIn(run.stdout).get('state'), Math.round(limitMs / 1000)));
}

function notHeardOf(state: string | undefined, seconds: number): string {
  if (state === 'running')
    return `its service runs, but the control plane did not hear of it in ${seconds} s. What it says last is below; can it reach the control plane?`;
  if (state === 'stopped') return 'its service is not running; what it said last is below';
  return 'all is installed, but nothing starts it: this host has neither OpenRC nor systemd';
}

function deploymentOf({ wish, steps }: World, { facts, url }: Known, failure: Deployment['failure']): Deployment {
  return {
    address: wish.host.address,
    name: wish.name ?? facts?.droneName ?? null,
    droneId: facts?.droneId ?? null,
    controlPlaneUrl: url ?? null,
    hasChanged: steps.hasChanged(),
    steps: steps.list(),
    failure,
  };
}
