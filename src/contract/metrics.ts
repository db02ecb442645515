import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { flag, queryNumber, queryText } from './vocabulary.ts';

/** Rows of one answer. */
export const METRICS_ROWS = 500;

const count = z.number().int();
const percent = z.number().nullable();

export const metrics = endpoint({
  method: 'GET',
  path: '/api/v1/metrics',
  access: 'viewer',
  tag: 'history',
  summary:
    'What the drones and the queue were like since a time, oldest first; `since=0` is all that is kept. When there are more than 500 rows, or with `buckets`, rows are the averages of equally long times.',
  query: z.object({
    since: queryNumber({ min: -1e15, max: 1e15, integer: false }),
    node: queryText,
    /** Only rows of the swarm as a whole, with the means of all drones. */
    swarm: flag,
    /** So many times are told apart at most. */
    buckets: queryNumber({ min: 1, max: METRICS_ROWS }),
  }),
  reply: z.object({
    timestamp: z.number(),
    history: z.array(
      z.object({
        id: count,
        timestamp: z.number(),
        node_id: z.string().nullable(),
        cpu_percent: percent,
        ram_percent: percent,
        load_1m: z.number().nullable(),
        /** What the drone has free for builds. */
        disk_free_mb: z.number().nullable(),
        queue_needed: count,
        queue_delegated: count,
        queue_received: count,
        queue_blocked: count,
      }),
    ),
    /** Seconds that one row stands for; null when rows are single samples. */
    bucket_s: z.number().nullable(),
    current_queue: z.object({
      needed: count,
      delegated: count,
      received: count,
      blocked: count,
      failed: count,
      total: count,
    }),
    /** What each drone that is online said last, by its name. */
    drones: z.record(z.string(), z.record(z.string(), z.unknown())),
  }),
});
