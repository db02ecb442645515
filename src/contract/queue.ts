import { z } from 'zod';
import { FAILURE_CLASS_NAMES } from '../core/failure-class.ts';
import { PACKAGE_STATES } from '../core/package-state.ts';
import { endpoint } from './endpoint.ts';
import { Timing } from './fleet.ts';
import { PLAN_MEDIA_TYPE, Plan } from './plan.ts';
import { Labels, PortageTimestamp, queryNumber, queryText, text } from './vocabulary.ts';

const Previewed = z.object({
  package: z.string(),
  cpv: z.string().nullable(),
  outcome: z
    .enum(['build', 'reuse', 'blocked', 'skip'])
    .describe('What would become of it: built, taken as it is in the binhost, blocked at once, or queued already.'),
  ready: z.boolean().describe('Whether a drone could begin with it at once.'),
  why: z
    .enum(['new', 'version', 'use', 'rebuild', 'missing'])
    .nullable()
    .describe(
      'Why it would be built, against what the binhost has: nothing of that name and slot, another version, other USE flags, another build of the same, or nothing any more though it was built here. Null for what is not built, and for plain atoms.',
    ),
  was: z.string().nullable().describe('The version that the binhost has instead.'),
  changes: z.array(z.string()).describe('What is different: USE flags (`+gui`), else phrases.'),
  failure_class: z.enum(FAILURE_CLASS_NAMES).nullable(),
  reason: z.string().nullable().describe('Why it would be blocked.'),
  queued_in: z
    .string()
    .nullable()
    .describe('The open session that has the very same build in the queue already; it is built once for both.'),
  expected_s: z
    .number()
    .nullable()
    .describe(
      'How long half of its builds take on a drone of 8 cores (seconds); what is usual where `source` is `unknown`.',
    ),
  source: z.string().nullable().describe('What that rests on, as in the estimates; `unknown` for nothing.'),
});

export const queueAdd = endpoint({
  method: 'POST',
  path: '/api/v1/queue',
  access: 'operator',
  tag: 'queue',
  mediaType: PLAN_MEDIA_TYPE,
  summary: 'Queue packages: plain atoms, or a plan in which every package knows what it needs.',
  body: z
    .object({
      packages: z.array(z.string().max(255)).min(1, 'No packages').max(50_000).optional(),
      plan: Plan.optional(),
      session_name: text(200)
        .min(1)
        .optional()
        .describe(
          'Name of a new session for them. Atoms join an active session of this name or id where there is one.',
        ),
      portage_timestamp: PortageTimestamp.nullish(),
      labels: Labels.optional().describe(
        'Only drones with all of these labels build what is queued. Atoms join the active session that asks for the same.',
      ),
      rebuild: z
        .boolean()
        .optional()
        .describe('`true` builds again also those planned packages that the binhost has just so.'),
      dry_run: z
        .boolean()
        .optional()
        .describe('`true` changes nothing: the answer says in `packages` what would become of each, and why.'),
    })
    .refine((body) => body.packages !== undefined || body.plan !== undefined, {
      message: 'No packages: give `packages` (a list of atoms) or `plan`',
      path: ['packages'],
    }),
  reply: z.object({
    status: z.string(),
    queued: z.number().int(),
    session_id: z.string().nullable(),
    portage_timestamp: z.string().nullable(),
    /** Planned packages whose fitting binary is in the binhost already. */
    reused: z.number().int(),
    /** Planned targets that Portage could not resolve; they are queued as blocked, with the reason. */
    refused: z.number().int(),
    /** Atoms that were queued already. */
    skipped: z.array(z.string()),
    dry_run: z.boolean().optional().describe('Present, and true, when nothing was changed; then no session is named.'),
    packages: z.array(Previewed).optional().describe('Of a dry run: each package, in the order of building.'),
  }),
});

/** Longest page of the queue. */
const MAX_QUEUE_ROWS = 10_000;

/** A package of the queue. */
export const QueueRow = z.object({
  package: z.string(),
  status: z.enum(PACKAGE_STATES),
  assigned_to: z.string().nullable(),
  failures: z.number().int(),
  id: z.number().int(),
  session_id: z.string().nullable(),
  attempt: z.number().int().nullable(),
  /** Whether it could be handed out now. */
  ready: z.boolean(),
  bump: z.number().int().describe('Priority by hand: more goes first, 0 is usual.'),
  /** What it waits for, at most 20 names, with the reason where that cannot come by itself. */
  waiting_on: z.array(z.string()),
  failure_class: z.enum(FAILURE_CLASS_NAMES).nullable(),
  reason: z.string().nullable(),
});

export const queueList = endpoint({
  method: 'GET',
  path: '/api/v1/queue',
  access: 'viewer',
  tag: 'queue',
  summary: 'The packages of the active session, or all of them when none is active.',
  query: z.object({
    session: queryText.describe('Only those of this session; `*` for those of all sessions, also while one is active.'),
    status: z.enum(PACKAGE_STATES).optional(),
    ready: z
      .enum(['true', 'false'])
      .optional()
      .describe('Only those needed that could be handed out now, or only those that wait.'),
    match: queryText.describe('Only packages whose name contains this.'),
    /** Rows of one answer, 1000 unless told; the header X-Total-Count says how many there are. */
    limit: queryNumber({ min: 1, max: MAX_QUEUE_ROWS }),
    offset: queryNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  }),
  reply: z.array(QueueRow),
});

export const CONTROL_ACTIONS = [
  'pause',
  'resume',
  'unblock',
  'retry_failures',
  'clear_failures',
  'unground',
  'reset',
  'rebalance',
  'optimize',
  'expect_portage_timestamp',
  'prioritise',
] as const;

export const control = endpoint({
  method: 'POST',
  path: '/api/v1/control',
  access: 'operator',
  tag: 'queue',
  summary:
    'What operators do to the whole swarm. `pause`, `resume`: hand out work or not. `unblock`, `retry_failures`: blocked packages are tried again; `clear_failures`: failed ones too. `unground`: drones may work again. `reset`: all that is not received starts anew. `rebalance`, `optimize`: take back what is not being built. `expect_portage_timestamp`: the tree that drones must have, none without `portage_timestamp`. `prioritise`: a `package`, or a session (`session_id`), goes first by `bump`; a session has its share by `weight`.',
  body: z.object({
    action: z.string({ error: 'Unknown action: None' }).max(100),
    /** For unground: only this drone, by id or name. */
    drone_id: text(128).nullish(),
    /** For expect_portage_timestamp. */
    portage_timestamp: PortageTimestamp.nullish(),
    /** For unblock: only this package, as the queue names it. */
    package: text(500).nullish(),
    session_id: text(200)
      .nullish()
      .describe(
        'For `prioritise`: this session, by id or by a name that only one has; with `package`, only the one of this session.',
      ),
    bump: z
      .number()
      .int()
      .min(-100)
      .max(100)
      .optional()
      .describe('For `prioritise`: more goes first, whatever else is ready; 0 takes it back.'),
    weight: z
      .number()
      .min(0.01)
      .max(100)
      .optional()
      .describe('For `prioritise`: the share of a session against others; 2 gets twice as much as 1.'),
  }),
  reply: z.object({
    status: z.string(),
    unblocked: z.number().int().optional(),
    requeued: z.number().int().optional(),
    cleared: z.number().int().optional(),
    ungrounded: z.number().int().optional(),
    affected: z.number().int().optional(),
    reclaimed: z.number().int().optional(),
    prioritised: z.number().int().optional().describe('Packages, or sessions, that have the new priority.'),
  }),
});

export const history = endpoint({
  method: 'GET',
  path: '/api/v1/history',
  access: 'viewer',
  tag: 'history',
  summary: 'Finished builds, newest first.',
  query: z.object({
    session: queryText,
    package: queryText.describe(
      'Only builds of this package: `category/name`, with or without its version. The statistics stay those of all.',
    ),
    drone: queryText.describe('Only builds of this drone, by id or name. The statistics stay those of all.'),
    /** 100 unless told, at most 10,000; a negative number means as many as there may be. */
    limit: queryNumber({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
    /** Only builds older than this one: for the next page. */
    before: queryNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  }),
  reply: z.object({
    history: z.array(
      z.object({
        id: z.number().int(),
        package: z.string(),
        drone_id: z.string(),
        drone_name: z.string(),
        status: z.string(),
        duration_seconds: z.number(),
        error_message: z.string(),
        session_id: z.string().nullable(),
        built_at: z.number(),
        attempt: z.number().int().nullable(),
        failure_class: z.string().nullable(),
        phase: z.string().nullable(),
        /** Null where the agent did not say, and where nothing failed. */
        first_error: z.string().nullable(),
        first_error_line: z.number().int().nullable(),
        excerpt: z.string().nullable(),
        confidence: z.string().nullable(),
        conclusion: z.string().nullable(),
        peak_memory_mb: z.number().nullable(),
        disk_mb: z.number().nullable(),
        cpu_s: z.number().nullable(),
      }),
    ),
    stats: Timing,
  }),
});

const Event = z.object({
  id: z.number().int(),
  type: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
  timestamp: z.number(),
});

export const events = endpoint({
  method: 'GET',
  path: '/api/v1/events',
  access: 'viewer',
  tag: 'history',
  summary: 'The newest 200 events after `since` (an id), oldest first.',
  query: z.object({ since: queryNumber({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }) }),
  reply: z.object({
    events: z.array(Event),
    latest_id: z.number().int(),
    /** `since` is not known here (an older database was put back): begin again with what is answered now. */
    resync: z.boolean().optional(),
  }),
});

export const eventsHistory = endpoint({
  method: 'GET',
  path: '/api/v1/events/history',
  access: 'viewer',
  tag: 'history',
  summary: 'The persistent event log after `since` (a time), oldest first.',
  query: z.object({
    since: queryNumber({ min: -1e15, max: 1e15, integer: false }),
    until: queryNumber({ min: -1e15, max: 1e15, integer: false }).describe(
      'Only events up to this time (Unix seconds); of more than `limit` the last are told.',
    ),
    type: queryText,
    limit: queryNumber({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
    /** Only events of this drone, by id or name. */
    drone: queryText,
  }),
  reply: z.object({ events: z.array(Event), total: z.number().int() }),
});

export const buildsByPackage = endpoint({
  method: 'GET',
  path: '/api/v1/build-stats/by-package',
  access: 'viewer',
  tag: 'history',
  summary: 'Every package that was ever tried, most attempts first.',
  query: z.object({
    /** 1000 unless told, at most 10,000. */
    limit: queryNumber({ min: 1, max: 10_000 }),
    offset: queryNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  }),
  reply: z.object({
    packages: z.array(
      z.object({
        package: z.string(),
        attempts: z.number().int(),
        successes: z.number().int(),
        tried_on: z.string(),
        last_attempt: z.number(),
      }),
    ),
  }),
});
