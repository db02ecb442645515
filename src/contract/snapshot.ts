import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { LegacyNodes, status } from './fleet.ts';
import { QueueRow } from './queue.ts';
import { flag, queryNumber } from './vocabulary.ts';

const Nothing = z.strictObject({});

export const protocolSnapshot = endpoint({
  method: 'GET',
  path: '/api/v1/protocol/snapshot',
  access: 'viewer',
  tag: 'wire',
  summary:
    'The swarm as it was at a time: what `status` and `nodes?format=legacy&all=true` would have said, rebuilt from the history of states.',
  query: z.object({
    /** Unix seconds; now when it is not said. */
    at: queryNumber({ min: -1e12, max: 1e12, integer: false }),
    queue: flag.describe('`true` tells the packages of the queue too, as they stood.'),
  }),
  errors: ['SNAPSHOT_BUSY', 'SNAPSHOT_FAILED'],
  reply: z.object({
    timestamp: z.number(),
    status: z.union([status.reply, Nothing]),
    nodes: z.union([LegacyNodes, Nothing]),
    queue: z
      .array(QueueRow)
      .optional()
      .describe(
        'The packages of the session that was active then, or all of them when none was; only there when asked for. Priorities by hand are those of now, and what had failed before is told exactly only of packages that it held up.',
      ),
    /** Why both are empty; only there when they are. */
    reason: z.string().optional(),
  }),
});
