import { z } from 'zod';
import { RunningBuild } from './drone-protocol.ts';
import { endpoint } from './endpoint.ts';
import { flag, queryText } from './vocabulary.ts';

const Json = z.record(z.string(), z.unknown());

const Node = z.object({
  id: z.string(),
  name: z.string(),
  ip: z.string(),
  tailscale_ip: z.null(),
  type: z.enum(['drone', 'sweeper']),
  cores: z.number().nullable(),
  ram_gb: z.number().nullable(),
  status: z.enum(['online', 'offline']),
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
});

export const nodes = endpoint({
  method: 'GET',
  path: '/api/v1/nodes',
  summary: 'The known drones; only those online unless all=true.',
  query: z.object({ all: flag, format: queryText }),
  reply: z.union([z.array(Node), z.object({ drones: z.array(Node), orchestrators: z.array(z.never()) })]),
});

const NodeParam = z.object({ id: z.string().min(1).max(128) });
const NodeFlag = z.object({ status: z.string(), name: z.string() });

export const pauseNode = endpoint({
  method: 'POST',
  path: '/api/v1/nodes/:id/pause',
  summary: 'Give this drone (id or name) no further work; what it builds it may finish.',
  params: NodeParam,
  reply: NodeFlag,
});

export const resumeNode = endpoint({
  method: 'POST',
  path: '/api/v1/nodes/:id/resume',
  summary: 'Give this drone (id or name) work again.',
  params: NodeParam,
  reply: NodeFlag,
});

const Session = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(['active', 'completed', 'aborted']),
  total_packages: z.number().int(),
  completed_packages: z.number().int(),
  failed_packages: z.number().int(),
  started_at: z.number(),
  completed_at: z.number().nullable(),
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
    session: Session.nullable(),
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
  }),
});

export const health = endpoint({
  method: 'GET',
  path: '/api/v1/health',
  summary: 'Whether the control plane can do its work: `ok` means that a write to the database succeeded.',
  reply: z.object({ status: z.string(), version: z.string(), uptime_s: z.number() }),
});

export const sessions = endpoint({
  method: 'GET',
  path: '/api/v1/sessions',
  summary: 'The newest 50 sessions.',
  reply: z.object({ sessions: z.array(Session) }),
});
