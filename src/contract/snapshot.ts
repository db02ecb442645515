import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { LegacyNodes, status } from './fleet.ts';
import { queryNumber } from './vocabulary.ts';

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
  }),
  errors: ['SNAPSHOT_BUSY', 'SNAPSHOT_FAILED'],
  reply: z.object({
    timestamp: z.number(),
    status: z.union([status.reply, Nothing]),
    nodes: z.union([LegacyNodes, Nothing]),
    /** Why both are empty; only there when they are. */
    reason: z.string().optional(),
  }),
});
