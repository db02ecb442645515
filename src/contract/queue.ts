import { z } from 'zod';
import { FAILURE_CLASS_NAMES } from '../core/failure-class.ts';
import { PACKAGE_STATES } from '../core/package-state.ts';
import { endpoint } from './endpoint.ts';
import { Timing } from './fleet.ts';
import { Plan } from './plan.ts';
import { queryNumber, queryText, text } from './vocabulary.ts';

/** Plans of large worlds have tens of megabytes; only bodies that say they are one may be so large. */
export const PLAN_MEDIA_TYPE = 'application/vnd.build-swarm.plan+json';

export const queueAdd = endpoint({
  method: 'POST',
  path: '/api/v1/queue',
  mediaType: PLAN_MEDIA_TYPE,
  summary: 'Queue packages: plain atoms, or a plan in which every package knows what it needs.',
  body: z
    .object({
      packages: z.array(z.string().max(255)).min(1, 'No packages').max(50_000).optional(),
      plan: Plan.optional(),
      session_name: text(200).min(1).optional(),
      portage_timestamp: text(200).nullish(),
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
  }),
});

const QueueRow = z.object({
  package: z.string(),
  status: z.enum(PACKAGE_STATES),
  assigned_to: z.string().nullable(),
  failures: z.number().int(),
  id: z.number().int(),
  session_id: z.string().nullable(),
  attempt: z.number().int().nullable(),
  /** Whether it could be handed out now. */
  ready: z.boolean(),
  /** What it waits for, at most 20 names, with the reason where that cannot come by itself. */
  waiting_on: z.array(z.string()),
  failure_class: z.enum(FAILURE_CLASS_NAMES).nullable(),
  reason: z.string().nullable(),
});

export const queueList = endpoint({
  method: 'GET',
  path: '/api/v1/queue',
  summary: 'The packages of the active session, or all of them when none is active.',
  query: z.object({ session: queryText }),
  reply: z.array(QueueRow),
});

export const CONTROL_ACTIONS = ['pause', 'resume', 'unblock'] as const;

export const control = endpoint({
  method: 'POST',
  path: '/api/v1/control',
  summary: 'Pause or resume the handing out of work; put blocked packages back.',
  body: z.object({
    action: z.string({ error: 'Unknown action: None' }).max(100),
    drone_id: text(128).nullish(),
    /** For unblock: only this package, as the queue names it. */
    package: text(500).nullish(),
  }),
  reply: z.object({ status: z.string(), unblocked: z.number().int().optional() }),
});

export const history = endpoint({
  method: 'GET',
  path: '/api/v1/history',
  summary: 'Finished builds, newest first.',
  query: z.object({ session: queryText, limit: queryNumber({ min: -1, max: 100_000 }) }),
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
  summary: 'The newest 200 events after `since` (an id), oldest first.',
  query: z.object({ since: queryNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }) }),
  reply: z.object({ events: z.array(Event), latest_id: z.number().int() }),
});

export const eventsHistory = endpoint({
  method: 'GET',
  path: '/api/v1/events/history',
  summary: 'The persistent event log after `since` (a time), oldest first.',
  query: z.object({
    since: queryNumber({ min: 0, max: Number.MAX_SAFE_INTEGER, integer: false }),
    type: queryText,
    limit: queryNumber({ min: -1, max: 2000 }),
  }),
  reply: z.object({ events: z.array(Event), total: z.number().int() }),
});
