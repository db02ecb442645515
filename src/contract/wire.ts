import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { flag, queryNumber, queryText } from './vocabulary.ts';

/** Ids and times are taken as they come: a number that fits nothing finds nothing. */
const id = queryNumber({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const time = queryNumber({ min: -1e15, max: 1e15, integer: false });

const Filter = z.object({
  /** Entries after this id; ask with the last id again and again to follow the log. */
  since: id,
  /** Entries before this id. */
  before: id,
  type: queryText,
  /** A drone's id or name. */
  drone: queryText,
  /** A part of a package's name; `%` and `_` mean themselves. */
  package: queryText,
  method: queryText,
  status: queryNumber({ min: 0, max: 999 }),
  min_status: queryNumber({ min: 0, max: 999 }).describe('Only answers with this HTTP status or a higher one.'),
  max_status: queryNumber({ min: 0, max: 999 }).describe('Only answers with this HTTP status or a lower one.'),
  session: queryText.describe('Only exchanges that name this session, by its id.'),
  /** A part of the path. */
  path: queryText,
  /** Milliseconds. */
  min_latency: queryNumber({ min: -1e15, max: 1e15, integer: false }),
  /** Unix seconds, inclusive. */
  since_time: time,
  /** Unix seconds, inclusive. */
  until: time,
});

/** The query of a reader of the log, checked. */
export type WireQuery = z.output<typeof Filter>;

const WireEntry = z.object({
  id: z.number().int(),
  /** When the answer was finished. */
  timestamp: z.number(),
  source_ip: z.string(),
  /** The drone's name, in what it says about itself. */
  source_node: z.string().nullable(),
  method: z.string(),
  path: z.string(),
  msg_type: z.string(),
  drone_id: z.string().nullable(),
  package: z.string().nullable(),
  session_id: z.string().nullable(),
  status_code: z.number().int(),
  request_summary: z.string(),
  response_summary: z.string(),
  latency_ms: z.number(),
  /** Bytes of the answer. */
  content_length: z.number().int(),
  query: z.string().nullable(),
  /** Who asked, as the audit trail names him. */
  actor: z.string().nullable(),
  user_agent: z.string().nullable(),
  /** Whether the peer was gone before it had the whole answer. */
  aborted: z.boolean(),
  /** Bytes of the request's body; null when that was not told. */
  request_bytes: z.number().int().nullable(),
});

export const protocol = endpoint({
  method: 'GET',
  path: '/api/v1/protocol',
  access: 'viewer',
  tag: 'wire',
  summary:
    'Exchanges of the protocol log without their bodies: the first `limit` after `since`, or the last with order=desc.',
  query: Filter.extend({
    /** 200 when absent; 2000 at most and when negative. */
    limit: queryNumber({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
    order: z.enum(['asc', 'desc']).optional(),
  }),
  errors: ['WIRE_LOG_UNAVAILABLE'],
  reply: z.object({ entries: z.array(WireEntry) }),
});

export const protocolDetail = endpoint({
  method: 'GET',
  path: '/api/v1/protocol/detail',
  access: 'operator',
  tag: 'wire',
  summary: 'One exchange with its bodies, secrets hidden.',
  query: z.object({ id }),
  errors: ['NOT_FOUND', 'WIRE_LOG_UNAVAILABLE'],
  reply: WireEntry.extend({
    request_body: z.string().nullable(),
    response_body: z.string().nullable(),
    /** Whether a body is longer than what is kept of it. */
    request_truncated: z.boolean(),
    response_truncated: z.boolean(),
  }),
});

export const protocolStats = endpoint({
  method: 'GET',
  path: '/api/v1/protocol/stats',
  access: 'viewer',
  tag: 'wire',
  summary: 'Exchanges by type, of all times or after `since` (Unix seconds), and how the log itself fares.',
  query: z.object({ since: time, drones: flag.describe('`true`: also for each drone.') }),
  errors: ['WIRE_LOG_UNAVAILABLE'],
  reply: z.object({
    total: z.number().int(),
    by_type: z.array(
      z.object({
        msg_type: z.string(),
        count: z.number().int(),
        /** Milliseconds. */
        avg_latency: z.number(),
        max_latency: z.number(),
      }),
    ),
    by_drone: z
      .array(
        z.object({
          drone_id: z.string(),
          count: z.number().int(),
          /** Milliseconds. */
          avg_latency: z.number(),
          max_latency: z.number(),
        }),
      )
      .optional()
      .describe('Exchanges that name a drone, but for questions for work, which wait for it; only with `drones`.'),
    rows: z.number().int(),
    /** Bytes of the log's file that are in use. */
    bytes: z.number().int(),
    /** Since the start: entries that were not taken because too many waited to be written. */
    dropped: z.number().int(),
    /** Since the start: entries that could not be stored. */
    failed: z.number().int(),
    /** Entries that wait to be written. */
    queued: z.number().int(),
    /** How often the thread of the log had to be started again. */
    restarts: z.number().int(),
  }),
});

export const protocolDensity = endpoint({
  method: 'GET',
  path: '/api/v1/protocol/density',
  access: 'viewer',
  tag: 'wire',
  summary:
    'Exchanges per equal slice of a time, both ends inclusive; the last hour in 100 slices when nothing is said.',
  query: z.object({
    start: time,
    end: time,
    /** 500 at most; an empty list for 0 and less. */
    buckets: queryNumber({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
    type: queryText.describe('Only exchanges of this type.'),
    min_latency: queryNumber({ min: -1e15, max: 1e15, integer: false }).describe(
      'Only exchanges that took at least so many milliseconds.',
    ),
  }),
  errors: ['WIRE_LOG_UNAVAILABLE'],
  reply: z.object({ density: z.array(z.number().int()), start: z.number(), end: z.number() }),
});

export const protocolExport = endpoint({
  method: 'GET',
  path: '/api/v1/protocol/export',
  access: 'operator',
  tag: 'wire',
  summary: 'Exchanges with their bodies as a file: HAR 1.2, or one JSON object a line.',
  query: Filter.extend({ format: z.enum(['har', 'ndjson']).default('har') }),
  errors: ['WIRE_LOG_UNAVAILABLE'],
  raw: 'reply',
  replyMediaType: 'application/json',
  reply: z.any(),
});
