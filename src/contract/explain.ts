import { z } from 'zod';
import { FAILURE_CLASS_NAMES } from '../core/failure-class.ts';
import { ATTEMPT_STATES, PACKAGE_STATES } from '../core/package-state.ts';
import { CareFields, CareWishFields } from './care.ts';
import { endpoint } from './endpoint.ts';
import { Labels, queryText } from './vocabulary.ts';

const Time = (says: string) => z.number().describe(`${says} (Unix seconds).`);
const TimeOrNull = (says: string, otherwise: string) =>
  z.number().nullable().describe(`${says} (Unix seconds); null ${otherwise}.`);
const Seconds = (says: string) => z.number().describe(`${says} (seconds).`);
const Count = (says: string) => z.number().int().describe(says);

const Session = {
  session_id: z.string().nullable().describe('Id of its session; null when it has none.'),
  session_name: z.string().nullable().describe('Name of its session; null when it has none.'),
};

const REJECTION_RULES = [
  'closed',
  'slots',
  'sweeper',
  'arch',
  'labels',
  'memory',
  'disk',
  'group',
  'failed-here',
  'too-early',
  'kept-free',
  'better-home',
] as const;
const Rule = z.enum(REJECTION_RULES);

const Score = z.object({
  because: z
    .enum(['slack', 'earliest', 'plenty', 'sweeper'])
    .describe(
      '`slack`: it ends early enough there. `earliest`: nobody is expected to finish it earlier. `plenty`: so much is kept for others already. `sweeper`: it was blocked.',
    ),
  rank_s: Seconds('The longest chain of builds that begins with it, on the reference drone'),
  dependents: Count('Packages that wait for it.'),
  finish_at: Time('When it is expected to be done there'),
  latest_finish_at: Time('What ends until then does not make the session longer'),
});

const Link = z.object({
  package: z.string().describe('The package.'),
  state: z.enum(PACKAGE_STATES).describe('Its state.'),
  through: z.array(z.string()).describe('What needs it at run time, between it and the one before it in the chain.'),
  why: z.string().describe('What it is at or waits for, in a sentence.'),
  drone: z.string().nullable().describe('Name of the drone that builds it; null when none does.'),
  since: TimeOrNull('Since when it is built', 'when it is not'),
  expected_at: TimeOrNull('When it is expected to be done', 'where that is not known'),
});

const DroneForPackage = z.object({
  id: z.string().describe('Id of the drone.'),
  name: z.string().describe('Name of the drone.'),
  rule: Rule.nullable().describe('The rule that keeps the package from it; null when it could take it now.'),
  why: z.string().describe('The same in words; `could take it` when nothing does.'),
  finish_at: TimeOrNull('When it is expected to be done there', 'when it will not be, or where nothing is known'),
  score: Score.nullable().describe('What speaks for it there; null when it may not go there now.'),
});

const Build = z.object({
  attempt: Count('Number of the attempt.'),
  drone: z.string().describe('Name of the drone.'),
  since: Time('When it was handed out'),
  expected_at: TimeOrNull('When it is expected to end', 'where nothing is known'),
  max_jobs: z.number().int().nullable().describe('Compilers at once; null when the drone decides.'),
  timeout_s: Seconds('Time after which the drone ends it'),
  silent_timeout_s: Seconds('Time without progress after which the drone ends it'),
  score: Score.nullable().describe('What it was chosen by; null when the control plane was restarted since.'),
});

const Try = z.object({
  attempt: Count('Number of the attempt.'),
  drone: z.string().describe('Name of the drone at that time.'),
  state: z.enum(ATTEMPT_STATES).describe('What became of it.'),
  started_at: Time('When it was handed out'),
  ended_at: TimeOrNull('When it ended', 'while it runs'),
  failure_class: z.string().nullable().describe('Class of the failure; null when it did not fail.'),
  first_error: z.string().nullable().describe('The line that says why; null when there is none.'),
});

const Estimate = z.object({
  p50_s: z.number().nullable().describe('Half of all such builds end within so many seconds; null: not known.'),
  p90_s: z.number().nullable().describe('Nine of ten end within so many seconds; null: not known.'),
  source: z
    .enum(['same', 'version', 'name', 'given', 'category', 'size', 'unknown'])
    .describe(
      'What it was learned from: the same build, the version, the package, what came with the plan, its category, the sources’ size.',
    ),
  samples: Count('Builds that it was learned from.'),
  memory_mb: z.number().nullable().describe('Memory that it is expected to need (MB); null: not known.'),
  disk_mb: z.number().nullable().describe('Room that it is expected to need (MB); null: not known.'),
  rank_s: Seconds('The longest chain of builds that begins with it, on the reference drone'),
});

const PACKAGE_REASONS = [
  'building',
  'published',
  'unpublished',
  'blocked',
  'failed',
  'waiting',
  'stuck',
  'delayed',
  'built-elsewhere',
  'paused',
  'next',
  'ready',
  'no-drone',
] as const;

/** Why a package is where it is; `reason`, `rule` and `because` have stable names, for programs. */
export const PackageExplanation = z.object({
  kind: z.literal('package').describe('What is explained.'),
  package: z.string().describe('The package, as the queue names it.'),
  id: Count('Number of its row in the queue.'),
  ...Session,
  state: z.enum(PACKAGE_STATES).describe('Its state.'),
  at: Time('The moment that is explained'),
  reason: z
    .enum(PACKAGE_REASONS)
    .describe('Why it is where it is, for programs. `stuck`: what it waits for will not come by itself.'),
  headline: z.string().describe('The answer in a sentence.'),
  details: z.array(z.string()).describe('What else matters, a sentence each.'),
  bump: Count('Priority by hand; 0 for none.'),
  priority: Count('By which it is ordered: `bump`, or the highest of a package that waits for it.'),
  priority_from: z.string().nullable().describe('The package from which it has that; null when it is its own.'),
  labels: z.array(z.string()).describe('Those that a drone needs to build it; empty once it is received.'),
  not_before: TimeOrNull('It is not handed out before', 'when it may be at once'),
  chain: z.array(Link).describe('From what it waits for down to what really holds it up.'),
  waiting_on: z.array(z.string()).describe('What it waits for, at most 20 names.'),
  rank: z
    .object({ place: Count('Its place, from 1.'), of: Count('Ready packages in all.') })
    .nullable()
    .describe('Its place among the ready packages; null when it is not one of them.'),
  estimate: Estimate.nullable().describe('What is known of its build; null once it is received.'),
  drones: z.array(DroneForPackage).describe('Every drone with the reason why it does not get it; the best first.'),
  build: Build.nullable().describe('The build that runs; null when none does.'),
  tries: z.array(Try).describe('The newest 20 attempts at it, newest first.'),
});

const DRONE_REASONS = [
  'offline',
  'swarm-paused',
  'paused',
  'grounded',
  'closed',
  'sync-portage',
  'full',
  'next',
  'kept',
  'rejected',
  'nothing-ready',
  'nothing-queued',
] as const;

/** What a drone is at, and why; `reason`, `rule` and `because` have stable names, for programs. */
export const DroneExplanation = z.object({
  kind: z.literal('drone').describe('What is explained.'),
  id: z.string().describe('Id of the drone.'),
  name: z.string().describe('Name of the drone.'),
  at: Time('The moment that is explained'),
  reason: z.enum(DRONE_REASONS).describe('Why it gets nothing, or `next`: what it gets when it asks; for programs.'),
  headline: z.string().describe('The answer in a sentence.'),
  details: z.array(z.string()).describe('What else matters, a sentence each.'),
  last_asked_at: TimeOrNull('When it asked for work last', 'when it did not since the control plane started'),
  grounded_until: TimeOrNull('Until when it gets no work', 'when it may have some'),
  slots: z.number().int().nullable().describe('Builds that it runs side by side; null: not known.'),
  cores_limit: z.number().int().nullable().describe('Cores that it may use, as an operator said; null for all.'),
  labels: z.array(z.string()).describe('Its labels; of a package, those that a drone needs to build it.'),
  running: z
    .array(
      z.object({
        package: z.string().describe('The package.'),
        since: Time('When it was handed out'),
        expected_at: TimeOrNull('When it is expected to end', 'where nothing is known'),
      }),
    )
    .describe('What it builds, as the scheduler knows it.'),
  next: z
    .object({ package: z.string().describe('The package.'), score: Score.describe('What speaks for it.') })
    .nullable()
    .describe('What it gets if it asks now; null when that is nothing.'),
  rejected: z
    .array(
      z.object({
        rule: Rule.describe('The rule.'),
        count: Count('Ready packages that it keeps from this drone.'),
        package: z.string().describe('The first of them.'),
        why: z.string().describe('Why that one is not for this drone.'),
      }),
    )
    .describe('Why it gets none of the ready packages: one entry for each rule.'),
  queue: z
    .object({
      ready: Count('Packages that could be built now.'),
      delayed: Count('Packages that are tried again later.'),
      waiting: Count('Packages that wait for others.'),
      delegated: Count('Packages that a drone builds.'),
      blocked: Count('Packages that wait for an operator or a sweeper.'),
    })
    .describe('All that is not received.'),
  holders: z
    .array(
      z.object({
        package: z.string().describe('The package.'),
        state: z.enum(PACKAGE_STATES).describe('Its state.'),
        drone: z.string().nullable().describe('Name of the drone that builds it; null when none does.'),
        failure_class: z.enum(FAILURE_CLASS_NAMES).nullable().describe('Class of its failure; null when it has none.'),
        waiting: Count('Packages that cannot begin before it.'),
      }),
    )
    .describe('What the waiting packages wait for, most wanted first; at most 20.'),
});

export const explain = endpoint({
  method: 'GET',
  path: '/api/v1/explain',
  access: 'viewer',
  tag: 'queue',
  summary: 'Why a package is not built, or why a drone does not build: give `package` or `drone`.',
  query: z
    .object({
      package: queryText.describe('The package: `category/name`, with or without version, or the number of its row.'),
      session: queryText.describe(
        'Its session, by id or by a name that only one has; where it is being built or needed when absent.',
      ),
      drone: queryText.describe('The drone, by id or name.'),
    })
    .refine((query) => (query.package === undefined) !== (query.drone === undefined), {
      message: 'give either package or drone',
      path: ['package'],
    }),
  reply: z.union([PackageExplanation, DroneExplanation]),
  errors: ['NOT_FOUND', 'CONFLICT'],
});

export const nodeSettings = endpoint({
  method: 'POST',
  path: '/api/v1/nodes/:id/settings',
  access: 'operator',
  tag: 'fleet',
  summary: 'Say what this drone (id or name) may take; what is left out stays as it is.',
  params: z.object({ id: z.string().min(1).max(128) }),
  body: z.object({
    cores_limit: z.number().int().min(1).max(99_999).nullish().describe('Cores that it may use; null for all.'),
    labels: Labels.optional().describe('All of its labels.'),
    ...CareWishFields,
  }),
  reply: z.object({
    status: z.literal('ok').describe('Always `ok`.'),
    name: z.string(),
    cores_limit: z.number().int().nullable().describe('Cores that it may use; null for all.'),
    labels: z.array(z.string()).describe('All of its labels.'),
    ...CareFields,
  }),
  errors: ['NOT_FOUND'],
});
