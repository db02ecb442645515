import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { queryNumber, queryText } from './vocabulary.ts';

/** Ten years. */
const MAX_HOURS = 87_600;
/** Slices of time in one answer. */
const MAX_BUCKETS = 200;

const count = z.number().int();
const seconds = z.number().nullable();

const outcomes = {
  built: count.describe('Builds that ended with a package.'),
  failed: count.describe('Builds that failed.'),
  returned: count.describe('Builds that drones gave back.'),
  build_s: z.number().describe('Seconds of all builds that ended with a package.'),
  p50_s: seconds.describe('Half of those took no longer (seconds); null while there are none.'),
};

const Outcomes = {
  builds: count.describe('Builds that ended.'),
  ...outcomes,
  p90_s: seconds.describe('Nine of ten of those took no longer (seconds); null while there are none.'),
  success_rate: z.number().nullable().describe('Percent that succeeded, of those that did or failed.'),
};

const Bins = z.array(
  z.object({
    from_s: z.number().describe('Where the bin begins (seconds).'),
    to_s: z.number().nullable().describe('Where it ends (seconds); null for no end.'),
    count: count.describe('How many are in it.'),
  }),
);

export const statistics = endpoint({
  method: 'GET',
  path: '/api/v1/statistics',
  access: 'viewer',
  tag: 'history',
  summary:
    'How the swarm did: outcomes, durations and waiting along time, by drone, by package and by class of failure, and the flaky packages. Of very many builds the newest 40,000 count.',
  query: z.object({
    hours: queryNumber({ min: 1, max: MAX_HOURS }).describe('How far back; all that is remembered when absent.'),
    package: queryText.describe('Only packages with this in their name.'),
    drone: queryText.describe('Only builds of the drone of this name.'),
    buckets: queryNumber({ min: 1, max: MAX_BUCKETS }).describe('Equal slices of the time; 60 when absent.'),
  }),
  reply: z.object({
    since: z.number().describe('The beginning of the time (Unix seconds).'),
    until: z.number().describe('Its end: now (Unix seconds).'),
    truncated: z.boolean().describe('Whether there were more builds than were counted.'),
    totals: z.object(Outcomes).describe('All builds of that time.'),
    course: z
      .array(z.object({ at: z.number().describe('Where the slice begins (Unix seconds).'), ...outcomes }))
      .describe('Equal slices of the time, the oldest first.'),
    failures: z
      .array(
        z.object({
          failure_class: z.string().nullable().describe('Class of the failures; null where nobody said.'),
          failed: count.describe('Builds that failed so.'),
          course: z.array(count).describe('How many in each slice of the time.'),
        }),
      )
      .describe('Failures by class, the commonest first.'),
    durations: Bins.describe('How long builds took that ended with a package.'),
    waiting: z
      .object({
        count: count.describe('Packages that were handed out and whose waiting is known.'),
        p50_s: seconds.describe('Half of them waited no longer (seconds).'),
        p90_s: seconds.describe('Nine of ten of them waited no longer (seconds).'),
        bins: Bins.describe('How long they waited.'),
      })
      .describe('How long packages waited for a drone once nothing else was in their way; of all packages and drones.'),
    drones: z
      .array(
        z.object({
          name: z.string().describe('Name of the drone.'),
          ...Outcomes,
          built_per_hour: z.number().describe('Packages that it built in an hour of the whole time.'),
          speed: z
            .number()
            .nullable()
            .describe('How fast it is, as learned: 2 is twice as fast as a drone of 8 cores. Null is unknown.'),
          speed_samples: count.describe('Packages that this was learned from; 0: only its cores say so.'),
        }),
      )
      .describe('What each drone did, the busiest first.'),
    packages: z
      .array(
        z.object({
          package: z.string().describe('Category and name.'),
          ...Outcomes,
          last_at: z.number().describe('When it was built last (Unix seconds).'),
          recent_s: z.array(z.number()).describe('How long its newest builds took (seconds), the oldest first.'),
          trend: z
            .number()
            .nullable()
            .describe('Its newer builds against its older ones: 1.2 takes a fifth longer. Null while there are few.'),
        }),
      )
      .describe('Packages, what took most time first, at most 300.'),
    total_packages: count.describe('How many packages were built or tried.'),
    flaky: z
      .array(
        z.object({
          package: z.string().describe('The package, as the queue names it.'),
          built: count.describe('How often it was built in those sessions.'),
          failed: count.describe('How often it failed in them.'),
          sessions: count.describe('Sessions in which it did both.'),
          failure_classes: z.array(z.string()).describe('Classes of those failures.'),
          last_at: z.number().describe('When it was tried last (Unix seconds).'),
        }),
      )
      .describe('Packages that failed and were built within one session, so from the same plan; at most 100.'),
  }),
});
