import { z } from 'zod';
import { RunningBuild } from './drone-protocol.ts';
import { endpoint } from './endpoint.ts';
import { flag, queryNumber, queryText } from './vocabulary.ts';

const NodeStatus = z.enum(['online', 'stale', 'offline']);
const Json = z.record(z.string(), z.unknown());

const Node = z.object({
  id: z.string(),
  name: z.string(),
  ip: z.string(),
  tailscale_ip: z.null(),
  type: z.enum(['drone', 'sweeper']),
  cores: z.number().nullable(),
  ram_gb: z.number().nullable(),
  /** `stale`: silent for longer than NODE_TIMEOUT, but not yet for STALE_TIMEOUT. */
  status: NodeStatus,
  paused: z.boolean(),
  last_seen: z.number(),
  current_task: z.string().nullable(),
  version: z.string().nullable(),
  created_at: z.number(),
  capabilities: Json,
  metrics: Json,
  online: z.boolean(),
  cpu_percent: z.number(),
  ram_percent: z.number(),
  builds_completed: z.number().int(),
  builds_failed: z.number().int(),
  /** What the drone works on now, as it said itself in its last heartbeat. */
  running: z.array(RunningBuild),
  cores_limit: z.number().int().nullable().describe('Cores that it may use, as an operator said; null for all.'),
  labels: z.array(z.string()).describe('Labels that an operator gave it.'),
});

/** The list of drones as the first version wrapped it. */
export const LegacyNodes = z.object({ drones: z.array(Node), orchestrators: z.array(z.never()) });

export const nodes = endpoint({
  method: 'GET',
  path: '/api/v1/nodes',
  access: 'viewer',
  tag: 'fleet',
  summary: 'The known drones; only those online unless all=true.',
  query: z.object({ all: flag, format: queryText }),
  reply: z.union([z.array(Node), LegacyNodes]),
});

const NodeParam = z.object({ id: z.string().min(1).max(128) });
const NodeFlag = z.object({ status: z.string(), name: z.string() });

export const pauseNode = endpoint({
  method: 'POST',
  path: '/api/v1/nodes/:id/pause',
  access: 'operator',
  tag: 'fleet',
  summary: 'Give this drone (id or name) no further work; what it builds it may finish.',
  params: NodeParam,
  reply: NodeFlag,
});

export const resumeNode = endpoint({
  method: 'POST',
  path: '/api/v1/nodes/:id/resume',
  access: 'operator',
  tag: 'fleet',
  summary: 'Give this drone (id or name) work again.',
  params: NodeParam,
  reply: NodeFlag,
});

export const deleteNode = endpoint({
  method: 'DELETE',
  path: '/api/v1/nodes/:id',
  access: 'operator',
  tag: 'fleet',
  summary: 'Forget this drone (id or name). What it was building is needed again; its history stays.',
  params: NodeParam,
  reply: z.object({ status: z.string(), id: z.string() }),
  errors: ['NOT_FOUND'],
});

export const versions = endpoint({
  method: 'GET',
  path: '/api/v1/versions',
  access: 'viewer',
  tag: 'fleet',
  summary: 'Which version the control plane and each known drone run.',
  reply: z.object({
    control_plane: z.object({ name: z.string(), version: z.string(), status: z.string() }),
    drones: z.array(
      z.object({ name: z.string(), ip: z.string(), version: z.string().nullable(), online: z.boolean() }),
    ),
  }),
});

export const droneHealth = endpoint({
  method: 'GET',
  path: '/api/v1/drone-health',
  access: 'viewer',
  tag: 'fleet',
  summary: 'Failures in a row, the circuit breaker and the last probe of each known drone, by name.',
  reply: z.object({
    drones: z.array(
      z.object({
        drone_id: z.string(),
        name: z.string(),
        ip: z.string(),
        status: NodeStatus,
        failures: z.number().int(),
        grounded_until: z.number().nullable(),
        rebooted: z.number().int(),
        last_failure: z.number().nullable(),
        last_probe: Json.nullable(),
        last_probe_at: z.number().nullable(),
      }),
    ),
  }),
});

/** A session as lists show it. */
export const Session = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(['active', 'completed', 'aborted']),
  total_packages: z.number().int(),
  completed_packages: z.number().int(),
  failed_packages: z.number().int(),
  started_at: z.number(),
  completed_at: z.number().nullable(),
  labels: z.array(z.string()).describe('Only drones with all of these labels build its packages.'),
});

/** With its builds in numbers. */
const ListedSession = Session.extend({
  builds: z.number().int().describe('Builds of it that ended.'),
  built: z.number().int().describe('Those that ended with a package.'),
  failed_builds: z.number().int().describe('Those that failed.'),
  build_s: z.number().describe('Seconds of those that ended with a package together.'),
  drones: z.number().int().describe('Drones that built for it.'),
});

/** With what is expected of it: seconds until its end; null is unknown. */
const SessionNow = Session.extend({
  eta_p50_s: z
    .number()
    .nullable()
    .describe('Seconds until its last package is built: half of such runs take less. Null is unknown.'),
  eta_p90_s: z.number().nullable().describe('As `eta_p50_s`: nine of ten such runs take less.'),
  eta_known_share: z
    .number()
    .nullable()
    .describe('Share of what is left to build of which anything was learned; null is unknown.'),
});

const DroneTiming = z.object({
  drone_name: z.string(),
  total: z.number().int(),
  success: z.number().int(),
  avg_duration: z.number(),
  success_rate: z.number(),
});

export const Timing = z.object({
  total_builds: z.number().int(),
  successful: z.number().int(),
  failed: z.number().int(),
  success_rate: z.number(),
  avg_duration_s: z.number(),
  total_duration_s: z.number(),
  per_drone: z.array(DroneTiming),
});

const HealthRow = z.object({
  node_id: z.string(),
  failures: z.number().int(),
  last_failure: z.number().nullable(),
  rebooted: z.number().int(),
  grounded_until: z.number().nullable(),
  last_probe_result: z.string().nullable(),
  last_probe_at: z.number().nullable(),
});

const count = z.number().int();

export const status = endpoint({
  method: 'GET',
  path: '/api/v1/status',
  access: 'viewer',
  tag: 'fleet',
  summary: 'The whole swarm in one answer.',
  reply: z.object({
    needed: count,
    delegated: count,
    received: count,
    blocked: count,
    failed: count,
    total: count,
    queue_depth: count,
    queue_received: count,
    queue_blocked: count,
    nodes: count,
    nodes_online: count,
    total_cores: z.number(),
    paused: z.boolean(),
    session: SessionNow.nullable(),
    packages: z.object({
      needed: z.array(z.string()),
      delegated: z.record(z.string(), z.object({ drone: z.string(), assigned_at: z.number() })),
      blocked: z.array(z.string()),
    }),
    drones: z.record(
      z.string(),
      z.object({
        name: z.string(),
        ip: z.string(),
        status: z.string(),
        current_task: z.string().nullable(),
        running: z
          .array(RunningBuild)
          .optional()
          .describe('What the drone works on now, as it said itself in its last heartbeat.'),
        capabilities: Json,
        metrics: Json,
        last_seen: z.number(),
      }),
    ),
    drone_health: z.record(z.string(), HealthRow),
    timing: Timing,
    version: z.string(),
    /** Needed packages that could be built now, and those that wait for others. */
    ready: count,
    waiting: count,
    /** Reports for attempts that were not current any more, since the database was made. */
    stale_reports: count,
    /** Drones that are silent, but not for so long that they are given up. */
    nodes_stale: count,
    /** The tree that drones must have; null when any will do. */
    expected_portage_timestamp: z.string().nullable(),
  }),
});

export const health = endpoint({
  method: 'GET',
  path: '/api/v1/health',
  access: 'open',
  tag: 'operations',
  summary: 'Whether the control plane can do its work: `ok` means that a write to the database succeeded.',
  reply: z.object({
    status: z.string(),
    version: z.string(),
    uptime_s: z.number(),
    /** `off`: everybody may do everything. */
    auth: z.enum(['token', 'off']),
  }),
});

export const sessions = endpoint({
  method: 'GET',
  path: '/api/v1/sessions',
  access: 'viewer',
  tag: 'history',
  summary: 'The newest sessions, 50 unless told.',
  query: z.object({ limit: queryNumber({ min: 1, max: 1000 }) }),
  reply: z.object({ sessions: z.array(ListedSession) }),
});

export const abortSession = endpoint({
  method: 'POST',
  path: '/api/v1/sessions/:id/abort',
  access: 'operator',
  tag: 'queue',
  summary: 'End a session before it is done: what it still needs is given up, what is being built is taken back.',
  params: z.object({ id: z.string().min(1).max(128) }),
  reply: z.object({ status: z.literal('aborted'), id: z.string(), given_up: z.number().int() }),
  errors: ['NOT_FOUND', 'CONFLICT'],
});
