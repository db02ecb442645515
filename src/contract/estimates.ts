import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { flag, queryNumber, queryText } from './vocabulary.ts';

/** Longest page of packages. */
const MAX_PACKAGES = 10_000;

const number = z.number().nullable();

/** What is expected of a session; null is unknown. */
export const SessionEstimate = z.object({
  session_id: z.string().nullable(),
  eta_p50_s: number.describe('Seconds until its last package is built: half of such runs take less. Null is unknown.'),
  eta_p90_s: number.describe('As `eta_p50_s`: nine of ten such runs take less.'),
  end_p50: number.describe('When its last package is built as likely as not (Unix seconds); null is unknown.'),
  end_p90: number.describe('When it is built nine times of ten (Unix seconds); null is unknown.'),
  known_share: number.describe('Share of what is left to build of which anything was learned.'),
  packages: z.number().int().describe('Packages left to build.'),
  unbuildable: z
    .number()
    .int()
    .describe('Those of them that no drone can take as things are; the end is that of the others.'),
  blocked: z
    .number()
    .int()
    .describe('Of the unbuildable ones, those that are blocked or given up, and those that wait for them.'),
  reason: z.string().nullable().describe('Why its end is unknown, and what can be done about it.'),
});

const PackageEstimate = z.object({
  id: z.number().int(),
  package: z.string(),
  session_id: z.string().nullable(),
  expected_start: number.describe('When it will begin as likely as not, or began (Unix seconds).'),
  end_p50: number.describe('When it is built as likely as not (Unix seconds); null is unknown.'),
  end_p90: number.describe('When it is built nine times of ten (Unix seconds); null is unknown.'),
  planned_drone: z
    .string()
    .nullable()
    .describe(
      'Name of the drone that builds it in one simulated run that stands for all: the one that ends as likely earlier as later than the others. Null is unknown.',
    ),
  planned_start: number.describe('When it begins in that run, or began (Unix seconds).'),
  planned_end: number.describe('When it ends in that run (Unix seconds).'),
  planned_after: z
    .string()
    .nullable()
    .describe('The package, still to be built, that it waits for last in that run; null when it waits for none.'),
  p50_s: number.describe('How long half of its builds take on a drone of 8 cores (seconds); null is unknown.'),
  p90_s: number.describe('How long nine of ten of its builds take there (seconds); null is unknown.'),
  source: z
    .string()
    .describe(
      'What that rests on: builds of the `same` version and flags, of the `version`, of the `name`, what was `given` with the plan, its `category`, the `size` of its sources, or `unknown`.',
    ),
  samples: z.number().int().describe('On how many builds that rests.'),
});

export const estimates = endpoint({
  method: 'GET',
  path: '/api/v1/estimates',
  access: 'viewer',
  tag: 'queue',
  summary:
    'When sessions and packages are expected to be built (P50 and P90), by simulating the rest of the run with what was learned. What is unknown is null, and `reason` says why.',
  query: z.object({
    session: queryText.describe('Only this session.'),
    package: queryText.describe('Only this package, as the queue names it.'),
    planned: flag.describe('`true`: only packages with a `planned_drone`, by when they begin there.'),
    limit: queryNumber({ min: 1, max: MAX_PACKAGES }),
    offset: queryNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  }),
  reply: z.object({
    at: number.describe('The moment that the forecast starts from (Unix seconds); null when there is none.'),
    age_s: number.describe('How long ago that was (seconds).'),
    runs: z.number().int().describe('Simulated runs that it rests on.'),
    reason: z.string().nullable().describe('Why there is no forecast.'),
    sessions: z.array(SessionEstimate).describe('What is expected of each session that has something left to build.'),
    packages: z.array(PackageEstimate).describe('What is expected of the packages that are left to build.'),
    total: z.number().int().describe('How many of those there are; the answer may be a part of them.'),
  }),
});
