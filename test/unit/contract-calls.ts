import { createHash } from 'node:crypto';
import type { EndpointName } from '../../src/contract/api.ts';
import type { ControlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { packageOf } from './forged-package.ts';

/** A request as the contract describes it. */
export type Call = {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  readonly bytes?: Buffer;
  /** Statuses beside 200 with which the request is answered as well. */
  readonly orStatus?: number;
};

/** A valid request to each endpoint; what it needs in the world is made first. */
export const CALLS: Readonly<Record<EndpointName, (world: ControlPlaneWorld) => Promise<Call> | Call>> = {
  health: () => ({}),
  status: () => ({}),
  nodes: () => ({ query: { all: 'true' } }),
  pauseNode: () => ({ params: { id: 'caller' } }),
  resumeNode: () => ({ params: { id: 'caller' } }),
  nodeSettings: () => ({ params: { id: 'caller' }, body: { cores_limit: null, labels: ['ssd'] } }),
  nodeCare: () => ({ params: { id: 'caller' } }),
  escalations: () => ({ query: { drone: 'caller', open: 'true', limit: 5 } }),
  closeEscalation: async (world) => {
    const { connection } = world.database();
    connection.exec(`INSERT OR IGNORE INTO escalations (drone_id, drone, suspicion, says, opened_at)
      VALUES ('caller', 'caller', 'silent', 'nothing was heard of it for 200 s', 1)`);
    connection.exec(`INSERT INTO escalation_steps
      (escalation_id, drone_id, step, because, started_at, ended_at, outcome, says)
      SELECT max(id), 'caller', 'restart', 'a test', 2, 3, 'done', 'its agent runs' FROM escalations`);
    return { params: { id: 'caller' } };
  },
  sessions: () => ({}),
  sessionDetail: async (world) => ({ params: { id: await newSession(world, 'detail') } }),
  sessionGraph: async (world) => ({ params: { id: await newSession(world, 'graph') }, query: { limit: 5 } }),
  compareSessions: async (world) => ({
    params: { id: await newSession(world, 'before'), other: await newSession(world, 'after') },
  }),
  abortSession: async (world) => ({ params: { id: await newSession(world, 'abort') } }),
  deleteNode: async (world) => {
    await world.join('leaver');
    return { params: { id: 'leaver' } };
  },
  versions: () => ({}),
  droneHealth: () => ({}),
  buildsByPackage: () => ({ query: { limit: 10 } }),
  statistics: () => ({ query: { hours: 24, package: 'app-misc', drone: 'caller', buckets: 12 } }),
  register: () => ({ body: { id: 'caller', name: 'caller', capabilities: { cores: 4, attempts: true }, running: [] } }),
  orchestrator: () => ({}),
  portageConfig: () => ({}),
  work: () => ({ query: { id: 'caller', holding: '' } }),
  complete: async (world) => {
    const attempt = await newAttempt(world, 'complete');
    return {
      body: { id: 'completer', package: '=app-misc/complete-1', status: 'failed', attempt, error_detail: 'no' },
    };
  },
  uploadPackage: async (world) => {
    const attempt = await newAttempt(world, 'upload');
    const bytes = await packageOf('upload');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { params: { attempt }, query: { id: 'completer', sha256 }, bytes };
  },
  appendLog: async (world) => ({
    params: { attempt: await newAttempt(world, 'append') },
    query: { id: 'completer', offset: 0 },
    bytes: Buffer.from('a line\n'),
  }),
  readLog: async (world) => {
    const attempt = await newAttempt(world, 'read');
    await world.post(`/api/v1/attempts/${attempt}/log?id=completer&offset=0`, 'a line\n');
    return { params: { attempt } };
  },
  queueAdd: () => ({ body: { packages: ['app-misc/jq'], session_name: 'mine', labels: ['big'] } }),
  queueList: () => ({ query: { limit: 5, offset: 0 } }),
  queueRemove: async (world) => {
    await newSession(world, 'surplus');
    return { body: { packages: ['app-misc/surplus'], dependents: 'remove' } };
  },
  estimates: () => ({ query: { session: 's-1', limit: 5, offset: 0 } }),
  simulate: () => ({
    body: {
      workload: {
        packages: [
          { cpv: 'c/a-1', seconds: 9 },
          { cpv: 'c/b-1', seconds: 9, build_deps: ['c/a-1'], labels: ['big'] },
        ],
      },
      fleet: [{ name: 'anvil', cores: 8 }],
      what_if: [{ add: { name: 'forge', cores: 32, labels: ['big'] } }],
      spread: 0.3,
      seed: 7,
      runs: 4,
    },
  }),
  requestPlan: () => ({ body: { targets: ['@world'], timeout_s: 60 } }),
  planJobs: () => ({}),
  planJob: async (world) => ({ params: { id: await newPlanJob(world) } }),
  cancelPlan: async (world) => ({ params: { id: await newPlanJob(world) } }),
  reportPlan: async (world) => ({
    params: { id: await newPlanJob(world) },
    body: { id: 'caller', step: 'resolving', detail: '3 targets, 0 left out' },
  }),
  explain: () => ({ query: { drone: 'caller' } }),
  control: () => ({ body: { action: 'unblock' } }),
  history: () => ({ query: { limit: 5 } }),
  events: () => ({ query: { since: 0 } }),
  eventsHistory: () => ({ query: { since: 0, until: 2e9, type: 'queue', limit: 5 } }),
  enroll: () => ({ body: { id: 'newcomer', name: 'newcomer' }, orStatus: 401 }),
  tokens: () => ({ query: { all: 'true' } }),
  createToken: () => ({ body: { role: 'viewer', name: 'somebody' } }),
  revokeToken: async (world) => {
    const { body } = await world.post<{ id: string }>('/api/v1/tokens', { role: 'viewer', name: 'somebody' });
    return { params: { id: body.id } };
  },
  whoami: () => ({}),
  settingsProblems: () => ({}),
  configuration: () => ({}),
  agent: () => ({ orStatus: 503 }),
  agentVersion: () => ({ orStatus: 503 }),
  bootstrapScript: () => ({}),
  // Nobody listens on port 1 of this machine.
  provisionDrone: () => ({ body: { ip: '127.0.0.1', port: 1, name: 'host' } }),
  provisionJobs: () => ({}),
  provisionJob: () => ({ params: { id: 'none' }, orStatus: 404 }),
  sqlTables: () => ({}),
  sqlSchema: () => ({}),
  sqlQuery: () => ({ query: { q: 'SELECT id, name FROM nodes', limit: 5 } }),
  openApiDocument: () => ({}),
  docsPage: () => ({}),
  metrics: () => ({ query: { since: 0 } }),
  stream: () => ({ query: { topics: 'events' } }),
  ready: () => ({}),
  invariants: () => ({}),
  prometheus: () => ({}),
  backup: () => ({ query: { binhost: 'true' } }),
  notifications: () => ({ query: { limit: 5 } }),
  // Nobody is told anything unless the settings say how.
  testNotifications: () => ({ body: {}, orStatus: 409 }),
  timeline: () => ({ query: { from: 0, limit: 5 } }),
  attempts: () => ({ query: { package: 'app-misc/absent', limit: 5 } }),
  audits: () => ({ query: { latest: 'true', drone: 'caller', limit: 5 } }),
  recordAudit: () => ({
    body: {
      drone: 'caller',
      drone_id: 'caller',
      address: '192.0.2.21',
      verdict: 'compliant',
      spec_version: 2,
      spec_updated: '2026-03-01',
      duration_s: 1.5,
      error: null,
      checks: [
        { id: 'profile', title: 'profile', status: 'pass', found: 'a', expected: 'a', advice: null, details: [] },
      ],
    },
  }),
  binpkgs: () => ({ query: { package: 'app-misc/absent', limit: 5, offset: 0 } }),
  protocol: () => ({ query: { since: 0, limit: 5 } }),
  protocolDetail: () => ({ query: { id: 1 }, orStatus: 404 }),
  protocolStats: () => ({}),
  protocolDensity: () => ({ query: { buckets: 10 } }),
  protocolSnapshot: () => ({ query: { queue: 'true' } }),
  protocolExport: () => ({ query: { format: 'har' } }),
};

/** Path and query of a request to this endpoint. */
export function addressOf(path: string, { params = {}, query = {} }: Call): string {
  const filled = path.replace(/:(\w+)/g, (_whole, name: string) => encodeURIComponent(params[name] ?? 'missing'));
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, `${value}`]),
  );
  return search.size === 0 ? filled : `${filled}?${search.toString()}`;
}

async function newSession(world: ControlPlaneWorld, name: string): Promise<string> {
  const { session_id: id } = await world.queuePlan(planOf([`app-misc/${name}-1`]));
  if (id === null) throw new Error(`${name} was not queued in a session`);
  return id;
}

async function newPlanJob(world: ControlPlaneWorld): Promise<string> {
  const { body } = await world.post<{ job: string }>('/api/v1/plans', { targets: ['app-misc/jq'] });
  return body.job;
}

/** The number of an attempt at `app-misc/NAME-1` that the drone `completer` holds. */
async function newAttempt(world: ControlPlaneWorld, name: string): Promise<number> {
  await world.join('completer', { capabilities: { cores: 256, slots: 64, attempts: true } });
  await newSession(world, name);
  const held: number[] = [];
  for (;;) {
    const { attempt, package: granted, reason } = await world.ask('completer', held);
    if (attempt === undefined) throw new Error(`${name} was not handed out: ${reason}`);
    if (granted === `=app-misc/${name}-1`) return attempt;
    held.push(attempt);
  }
}
