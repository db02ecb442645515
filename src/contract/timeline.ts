import { z } from 'zod';
import { FAILURE_CLASS_NAMES } from '../core/failure-class.ts';
import { ATTEMPT_STATES } from '../core/package-state.ts';
import { endpoint } from './endpoint.ts';
import { queryNumber, queryText } from './vocabulary.ts';

/** Builds of one answer. */
const MAX_BUILDS = 20_000;

const time = () => queryNumber({ min: -1e15, max: 1e15, integer: false });

export const timeline = endpoint({
  method: 'GET',
  path: '/api/v1/timeline',
  access: 'viewer',
  tag: 'history',
  summary:
    'Which drone built what from when to when: builds that began between two times, newest first, with those that go on. Of a session also which build each one waited for.',
  query: z.object({
    from: time().describe('Only builds that began then or later (Unix seconds); all when absent.'),
    to: time().describe('Only builds that began before (Unix seconds).'),
    session: queryText.describe('Only builds of this session, by id or by a name that only one has.'),
    limit: queryNumber({ min: 1, max: MAX_BUILDS }).describe('Builds in the answer; 5000 when absent.'),
  }),
  errors: ['CONFLICT'],
  reply: z.object({
    at: z.number().describe('When this was so (Unix seconds).'),
    from: z
      .number()
      .nullable()
      .describe(
        'Every build that began since then is in the answer (Unix seconds): what was asked for, or later where that were too many. Go on with it as `to`. Null when there are no older ones.',
      ),
    builds: z
      .array(
        z.object({
          attempt: z
            .number()
            .int()
            .nullable()
            .describe('Number of the attempt; null for builds of version 3.1, which had none.'),
          package: z.string(),
          drone: z.string().describe('Name of the drone.'),
          session_id: z.string().nullable(),
          state: z.enum(ATTEMPT_STATES).describe('`running`, or what became of it.'),
          started_at: z.number().describe('When it was handed out (Unix seconds).'),
          ended_at: z.number().nullable().describe('When it ended (Unix seconds); null while it runs.'),
          phase: z.string().nullable().describe('The phase in which it failed, as far as that is known.'),
          failure_class: z.enum(FAILURE_CLASS_NAMES).nullable(),
          after: z
            .number()
            .int()
            .nullable()
            .describe(
              'The attempt that it waited for: of all that it needs, the one that ended last. Null where none did in this answer, and without `session`.',
            ),
        }),
      )
      .describe('Newest first.'),
  }),
});
