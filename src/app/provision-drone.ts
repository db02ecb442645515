import type { Actor } from '../core/actor.ts';
import { SwarmError } from '../core/errors.ts';
import { events } from '../core/events.ts';
import type { Clock, EventHub, SwarmStore } from './ports.ts';
import { createJob, type Job, type JobReport } from './provision-job.ts';
import type { RemoteHost, RemoteShell, ShippedFiles } from './provision-ports.ts';
import { type SshTest, testSsh } from './test-ssh.ts';

export type ProvisionRequest = {
  readonly host: RemoteHost;
  /** Of the drone; null for the host's own. */
  readonly name: string | null;
  /** Whether the drone is to be given a credential. */
  readonly isJoining: boolean;
  /** Where the drone reaches us; what is null is found out by SSH. */
  readonly controlPlane: { readonly url: string | null; readonly scheme: 'http' | 'https'; readonly port: number };
};

export type ProvisionAnswer = Exclude<SshTest, { kind: 'ok' }> | { readonly kind: 'started'; readonly job: string };

/** Turns hosts into drones over SSH, each by a job in the background. */
export type Provisioner = {
  /**
   * Tests SSH, and starts the job if it works.
   * @throws SwarmError PROVISIONING_RUNS, TOO_MANY_JOBS
   */
  start(request: ProvisionRequest, by: Actor): Promise<ProvisionAnswer>;
  /** Newest first. */
  list(): readonly JobReport[];
  /** @throws SwarmError NOT_FOUND */
  find(id: string): JobReport;
  /** Ends all jobs; resolves when nothing of them is left. */
  stop(): Promise<void>;
};

/** `withdraw` ends it if nobody used it: a host that had its credential has no use for it. */
export type JoinToken = { readonly text: string; readonly withdraw: () => Promise<void> };

export type ProvisionNeeds = {
  readonly shell: RemoteShell;
  readonly shipped: Pick<ShippedFiles, 'bootstrapScript'>;
  readonly store: Pick<SwarmStore, 'apply'>;
  readonly hub: EventHub;
  readonly clock: Clock;
  readonly makeId: () => string;
  /** A join token for one drone; null where no credentials are asked for. */
  readonly issueJoinToken: (purpose: string, by: Actor) => Promise<JoinToken | null>;
  /** How long a job may take: compiling Node.js takes long. */
  readonly timeoutMs: number;
  /** Further options of the script. */
  readonly scriptOptions: readonly string[];
};

const MAX_RUNNING = 4;
/** Ended jobs that can still be asked for. */
const MAX_KEPT = 50;

export function createProvisioner(needs: ProvisionNeeds): Provisioner {
  const { clock, makeId } = needs;
  const jobs = new Map<string, Job>();
  const busyHosts = new Map<string, Promise<unknown>>();
  const stopping = new AbortController();

  const begin = (request: ProvisionRequest, seenAs: string | null, by: Actor) => {
    const { host, name } = request;
    const id = makeId();
    const job = createJob({ id, host, name, by, startedAt: clock.now() });
    forgetOldest(jobs);
    jobs.set(id, job);
    return { id, done: run(needs, { ...request, job, url: urlFor(request, seenAs), by, signal: stopping.signal }) };
  };

  const testAndBegin = async (request: ProvisionRequest, by: Actor) => {
    const test = await testSsh(needs.shell, request.host, stopping.signal);
    return test.kind === 'ok' ? begin(request, test.seenAs, by) : test;
  };

  return {
    start: async (request, by) => {
      const key = keyOf(request.host);
      assertFree(busyHosts, key);
      const begun = testAndBegin(request, by);
      // The host is taken from now on, so that of two requests at once one is refused.
      const whole = begun.then((one) => ('done' in one ? one.done : undefined)).catch(() => undefined);
      busyHosts.set(key, whole);
      void whole.finally(() => busyHosts.delete(key));
      const outcome = await begun;
      return 'done' in outcome ? { kind: 'started', job: outcome.id } : outcome;
    },
    list: () => [...jobs.values()].map((job) => job.report()).reverse(),
    find: (id) => {
      const job = jobs.get(id);
      if (!job) throw new SwarmError('NOT_FOUND', `id: there is no provisioning job ${id}`);
      return job.report();
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(busyHosts.values());
    },
  };
}

function keyOf({ address, port }: RemoteHost): string {
  return `${address.toLowerCase()} ${port ?? ''}`;
}

function assertFree(busyHosts: ReadonlyMap<string, unknown>, key: string): void {
  const [address] = key.split(' ');
  if (busyHosts.has(key)) throw new SwarmError('PROVISIONING_RUNS', `ip: ${address} is being provisioned already`);
  if (busyHosts.size < MAX_RUNNING) return;
  throw new SwarmError('TOO_MANY_JOBS', `ip: ${MAX_RUNNING} hosts are being provisioned; ${address} has to wait`);
}

function forgetOldest(jobs: Map<string, Job>): void {
  if (jobs.size < MAX_KEPT) return;
  const ended = [...jobs].find(([, job]) => job.report().state !== 'running');
  if (ended !== undefined) jobs.delete(ended[0]);
}

/** The address by which the host was seen to know us, where the operator used one that means us only here. */
function urlFor({ controlPlane, host }: ProvisionRequest, seenAs: string | null): string {
  const { url, scheme, port } = controlPlane;
  const address = seenAs ?? host.address;
  return url ?? `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

type Run = ProvisionRequest & {
  readonly job: Job;
  readonly url: string;
  readonly by: Actor;
  readonly signal: AbortSignal;
};

async function run(needs: ProvisionNeeds, request: Run): Promise<void> {
  const { job } = request;
  try {
    await tell(needs, request, 'provision_started');
    const end = await bootstrap(needs, request);
    job.end(end, needs.clock.now());
  } catch (error) {
    job.end({ kind: 'broken', error: error instanceof Error ? error.message : String(error) }, needs.clock.now());
  }
  await tell(needs, request, 'provision_ended').catch(() => undefined);
}

async function bootstrap(needs: ProvisionNeeds, { job, host, name, url, isJoining, by, signal }: Run) {
  const script = await needs.shipped.bootstrapScript();
  const token = isJoining ? await needs.issueJoinToken(`provisioning of ${name ?? host.address}`, by) : null;
  const options = ['--cp-url', url, ...(name === null ? [] : ['--name', name]), ...needs.scriptOptions];
  const asRoot = host.user === 'root' ? [] : ['sudo', '-n'];
  try {
    return await needs.shell.run(host, {
      words: [...asRoot, 'sh', '-s', '--', ...options],
      // Before the script and not among its options, which everybody on that host can read.
      input: token === null ? script : `BUILD_SWARM_JOIN_TOKEN=${token.text}\n${script}`,
      timeoutMs: needs.timeoutMs,
      signal,
      onLine: (line) => job.hear(line, needs.clock.now()),
    });
  } finally {
    await token?.withdraw();
  }
}

async function tell(needs: ProvisionNeeds, { job, by }: Run, action: string): Promise<void> {
  const at = needs.clock.now();
  const { id, host, name, state, exitCode, error, startedAt } = job.report();
  const what = `Provisioning of ${name ?? host.address}`;
  const said =
    state === 'running' ? `${what} started` : `${what} ${state.replace('_', ' ')}${error ? `: ${error}` : ''}`;
  const ending = state === 'running' ? {} : { state, exit_code: exitCode, duration_s: (at - startedAt) / 1000 };
  const event = events.controlled(action, said.slice(0, 300), { job: id, ip: host.address, name, ...ending }, by);
  const applied = await needs.store.apply([{ kind: 'event', event, at }]);
  if (applied !== undefined) needs.hub.announce(applied.events);
}
