/**
 * What version 3.1.0 answered, field by field, as its users rely on it: literal answers of a running server,
 * shortened where a list repeats itself. `'*'` stands for keys that are names or ids.
 */

const METRICS = { cpu_percent: 12.5, ram_percent: 33.1, load_1m: 0.8 };
const CAPABILITIES = { arch: 'amd64', cores: 8, ram_gb: 15.6, auto_reboot: true, portage_timestamp: '2026-02-09' };
const COUNTS = { needed: 1, delegated: 3, received: 2, blocked: 0, failed: 0, total: 6 };

const STATISTICS = {
  total_builds: 6,
  successful: 2,
  failed: 4,
  success_rate: 33.3,
  avg_duration_s: 64.1,
  total_duration_s: 128.2,
  per_drone: [{ drone_name: 'drone-a', total: 4, success: 1, avg_duration: 3, success_rate: 25 }],
};

const NODE = {
  id: 'aaaa1111bbbb2222cccc3333dddd4444',
  name: 'drone-a',
  ip: '192.0.2.21',
  tailscale_ip: null,
  type: 'drone',
  cores: 8,
  ram_gb: 15.6,
  status: 'online',
  paused: false,
  last_seen: 1795416392.524448,
  current_task: null,
  version: '2.9.0',
  created_at: 1795416329,
  capabilities: CAPABILITIES,
  metrics: METRICS,
  online: true,
  cpu_percent: 12.5,
  ram_percent: 33.1,
  builds_completed: 1,
  builds_failed: 0,
};

const HEALTH = {
  node_id: 'eeee5555ffff6666aaaa7777bbbb8888',
  failures: 1,
  last_failure: 1795416392.96491,
  rebooted: 0,
  grounded_until: null,
  last_probe_result: null,
  last_probe_at: null,
};

const EVENT = { id: 1, type: 'queue', message: '6 packages queued', details: {}, timestamp: 1795416355.5 };

const SESSION = {
  id: 'sess-20260210',
  name: 'world',
  status: 'completed',
  total_packages: 3,
  completed_packages: 2,
  failed_packages: 0,
  started_at: 1795417348.0,
  completed_at: 1795417355.4491284,
};

const STATUS = {
  ...COUNTS,
  queue_depth: 4,
  queue_received: 2,
  queue_blocked: 0,
  nodes: 3,
  nodes_online: 3,
  total_cores: 20,
  paused: false,
  session: null,
  packages: {
    needed: ['=dev-libs/beta-2.1-r1'],
    delegated: { '*': { drone: '9999000011112222', assigned_at: 1795416393.1364975 } },
    blocked: [],
  },
  drones: {
    '*': {
      name: 'drone-a',
      ip: '192.0.2.21',
      status: 'online',
      current_task: null,
      capabilities: CAPABILITIES,
      metrics: METRICS,
      last_seen: 1795416392.524448,
    },
  },
  drone_health: { '*': HEALTH },
  timing: STATISTICS,
  version: '3.1.0',
};

const HISTORY_ROW = {
  id: 6,
  package: '=dev-libs/alpha-1.0',
  drone_id: 'eeee5555ffff6666aaaa7777bbbb8888',
  drone_name: 'drone-b',
  status: 'failed',
  duration_seconds: 10,
  error_message: 'emerge exited 1: compile phase',
  session_id: null,
  built_at: 1795416392,
};

const METRICS_ROW = {
  id: 2,
  timestamp: 1795416700.0127287,
  node_id: null,
  cpu_percent: null,
  ram_percent: null,
  load_1m: null,
  queue_needed: 18,
  queue_delegated: 0,
  queue_received: 0,
  queue_blocked: 0,
};

const EXCHANGE = {
  id: 1,
  timestamp: 1795416686.347952,
  source_ip: '127.0.0.1',
  source_node: 'drone-a',
  method: 'POST',
  path: '/api/v1/register',
  msg_type: 'register',
  drone_id: 'aaaa1111bbbb2222cccc3333dddd4444',
  package: null,
  session_id: null,
  status_code: 200,
  request_summary: 'REGISTER drone-a ip=192.0.2.21 cores=8',
  response_summary: '200 registered',
  latency_ms: 1.863,
  content_length: 121,
};

const REGISTERED = {
  status: 'registered',
  orchestrator: '192.0.2.10',
  orchestrator_port: 8100,
  orchestrator_name: 'build-swarm-v3',
};

const A = 'aaaa1111bbbb2222cccc3333dddd4444';

/** What is asked, in this order, and what the answer has at least. */
export type Sample = {
  readonly ask: string;
  readonly body?: unknown;
  readonly status?: number;
  /** Exactly this, where the contract gives the whole answer. */
  readonly says?: unknown;
  /** Every field of this, with the same JSON type. */
  readonly has?: unknown;
};

export const SAMPLES: readonly Sample[] = [
  { ask: 'GET /api/v1/health', has: { status: 'ok', version: '3.1.0', uptime_s: 24.2 } },
  { ask: 'GET /api/v1/status', has: STATUS },
  { ask: 'GET /api/v1/nodes', has: [NODE] },
  { ask: 'GET /api/v1/nodes?format=legacy', has: { drones: [NODE], orchestrators: [] } },
  {
    ask: 'GET /api/v1/protocol/snapshot',
    has: { timestamp: 1795416722.49, status: STATUS, nodes: { drones: [NODE], orchestrators: [] } },
  },
  { ask: 'POST /api/v1/nodes/drone-a/pause', says: { status: 'paused', name: 'drone-a' } },
  {
    ask: 'POST /api/v1/register',
    body: { id: A, name: 'drone-a', ip: '192.0.2.21', capabilities: CAPABILITIES, metrics: METRICS, version: '2.9.0' },
    has: { ...REGISTERED, paused: true },
  },
  { ask: `POST /api/v1/nodes/${A}/resume`, says: { status: 'resumed', name: 'drone-a' } },
  { ask: 'POST /api/v1/nodes/nope/pause', status: 404, says: { error: 'Node not found: nope' } },
  { ask: 'DELETE /api/v1/nodes/nope', status: 404, has: { error: 'Node not found' } },
  { ask: 'POST /api/v1/register', body: { id: 'tmp1' }, has: REGISTERED },
  { ask: 'DELETE /api/v1/nodes/tmp1', says: { status: 'deleted', id: 'tmp1' } },
  {
    ask: 'GET /api/v1/versions',
    has: {
      control_plane: { name: 'build-swarm-v3', version: '3.1.0', status: 'online' },
      drones: [{ name: 'Sweeper-1', ip: '192.0.2.23', version: null, online: true }],
    },
  },
  {
    ask: 'POST /api/v1/register',
    body: { id: 'orch', type: 'orchestrator' },
    says: { status: 'ignored', message: 'v3 does not track orchestrators' },
  },
  { ask: 'POST /api/v1/register', body: {}, status: 400, has: { error: 'Missing node ID' } },
  { ask: 'GET /api/v1/orchestrator', has: { ip: '192.0.2.10', name: 'build-swarm-v3', port: 8100 } },
  { ask: 'GET /api/v1/portage-config', says: {} },
  { ask: `GET /api/v1/work?id=${A}`, has: { package: '=dev-libs/alpha-1.0' } },
  { ask: 'POST /api/v1/complete', body: { id: A }, status: 400, has: { error: 'Missing package' } },
  {
    ask: 'POST /api/v1/complete',
    body: { id: A, package: '=never/queued-1', status: 'failed' },
    has: { status: 'ok', accepted: false, stale: true },
  },
  {
    ask: 'POST /api/v1/queue',
    body: { packages: ['app-misc/one', 'app-misc/two'] },
    has: { status: 'ok', queued: 6, session_id: null, portage_timestamp: null },
  },
  { ask: 'POST /api/v1/queue', body: { packages: [] }, status: 400, has: { error: 'No packages' } },
  { ask: 'GET /api/v1/queue', has: [{ package: 'app-misc/delta', status: 'needed', assigned_to: null, failures: 1 }] },
  { ask: 'POST /api/v1/control', body: { action: 'pause' }, says: { status: 'paused' } },
  { ask: `GET /api/v1/work?id=${A}`, has: { package: null } },
  { ask: 'POST /api/v1/control', body: { action: 'resume' }, says: { status: 'active' } },
  { ask: 'POST /api/v1/control', body: { action: 'unblock' }, has: { status: 'ok', unblocked: 0 } },
  { ask: 'POST /api/v1/control', body: { action: 'unground' }, has: { status: 'ok' } },
  { ask: 'POST /api/v1/control', body: { action: 'clear_failures' }, has: { status: 'ok' } },
  { ask: 'POST /api/v1/control', body: { action: 'retry_failures' }, has: { status: 'ok', requeued: 0 } },
  {
    ask: 'POST /api/v1/control',
    body: { action: 'unblock_all' },
    status: 400,
    has: { error: 'Unknown action: unblock_all' },
  },
  { ask: 'POST /api/v1/control', body: {}, status: 400, has: { error: 'Unknown action: None' } },
  { ask: 'GET /api/v1/history', has: { history: [HISTORY_ROW], stats: STATISTICS } },
  {
    ask: 'GET /api/v1/build-stats/by-package',
    has: {
      packages: [
        { package: 'app-misc/x', attempts: 2, successes: 0, tried_on: 'drone-a,drone-b', last_attempt: 1795416392 },
      ],
    },
  },
  { ask: 'GET /api/v1/sessions', has: { sessions: [SESSION] } },
  {
    ask: 'GET /api/v1/metrics',
    has: { timestamp: 1795416723.8, history: [METRICS_ROW], current_queue: COUNTS, drones: { '*': METRICS } },
  },
  { ask: 'GET /api/v1/events', has: { events: [EVENT], latest_id: 15 } },
  { ask: 'GET /api/v1/events/history', has: { events: [EVENT], total: 2 } },
  {
    ask: 'GET /api/v1/drone-health',
    has: {
      drones: [
        {
          drone_id: 'hhhh0001',
          name: 'drone-h',
          ip: '192.0.2.41',
          status: 'online',
          failures: 8,
          grounded_until: 1795417053.0835583,
          rebooted: 1,
          last_failure: 1795416993.0651472,
          last_probe: { drone: 'drone-h', ip: '192.0.2.41', timestamp: 1795417026.2, checks: {}, status: 'ok' },
          last_probe_at: 1795417026.2533853,
        },
      ],
    },
  },
  { ask: 'GET /api/v1/protocol', has: { entries: [EXCHANGE] } },
  { ask: 'GET /api/v1/protocol/detail?id=1', has: { ...EXCHANGE, request_body: '{}', response_body: '{}' } },
  { ask: 'GET /api/v1/protocol/detail?id=999999', status: 404, has: { error: 'Entry not found' } },
  {
    ask: 'GET /api/v1/protocol/stats',
    has: { total: 23, by_type: [{ msg_type: 'register', count: 11, avg_latency: 2.006, max_latency: 3.625 }] },
  },
  { ask: 'GET /api/v1/protocol/density', has: { density: [23], start: 1795413120.27, end: 1795416720.27 } },
  { ask: 'GET /api/v1/sql/tables', has: { tables: { build_history: 0, config: 0, events: 7, nodes: 3, queue: 0 } } },
  { ask: 'GET /api/v1/sql/schema', has: { schema: [{ name: 'config', sql: 'CREATE TABLE config (…)' }] } },
  {
    ask: 'GET /api/v1/sql/query?q=SELECT+id,+name,+cores+FROM+nodes',
    has: { columns: ['id'], rows: [['aaaa', 'drone-a', 8]], count: 3 },
  },
  { ask: 'GET /api/v1/sql/query', status: 400, says: { error: 'Missing query parameter q' } },
  { ask: 'GET /api/v1/sql/query?q=PRAGMA+user_version', status: 403, has: { error: 'Only SELECT queries allowed' } },
  { ask: 'GET /api/v1/sql/query?q=SELECT+*+FROM+nosuch', status: 400, has: { error: 'no such table: nosuch' } },
  { ask: 'POST /api/v1/provision/drone', body: {}, status: 400, has: { error: 'Missing IP address' } },
  {
    ask: 'POST /api/v1/provision/drone',
    body: { ip: '127.0.0.1', port: 1, name: 'drone-x' },
    has: { status: 'ssh_failed', ip: '192.0.2.51', name: 'drone-x', steps: [] },
  },
  { ask: 'POST /api/v1/control', body: { action: 'rebalance' }, has: { status: 'ok', reclaimed: 7 } },
  { ask: 'POST /api/v1/control', body: { action: 'optimize' }, has: { status: 'ok', reclaimed: 7 } },
  { ask: 'POST /api/v1/control', body: { action: 'reset' }, has: { status: 'reset', affected: 4 } },
  { ask: 'GET /api/v1/nothing', status: 404, says: { error: 'Not found' } },
];

/** Every row of the contract's index of endpoints. */
export const INDEX = `
GET /api/v1/health
GET /api/v1/status
GET /api/v1/nodes
POST /api/v1/nodes/:/pause
POST /api/v1/nodes/:/resume
DELETE /api/v1/nodes/:
GET /api/v1/versions
POST /api/v1/register
GET /api/v1/orchestrator
GET /api/v1/portage-config
GET /api/v1/work
POST /api/v1/complete
POST /api/v1/queue
GET /api/v1/queue
POST /api/v1/control
GET /api/v1/history
GET /api/v1/build-stats/by-package
GET /api/v1/sessions
GET /api/v1/metrics
GET /api/v1/events
GET /api/v1/events/history
GET /api/v1/drone-health
GET /api/v1/protocol
GET /api/v1/protocol/detail
GET /api/v1/protocol/stats
GET /api/v1/protocol/density
GET /api/v1/protocol/snapshot
GET /api/v1/sql/tables
GET /api/v1/sql/schema
GET /api/v1/sql/query
GET /api/v1/provision/bootstrap
POST /api/v1/provision/drone`
  .trim()
  .split('\n');
