import { z } from 'zod';
import { FAILURE_CLASS_NAMES } from '../core/failure-class.ts';
import { endpoint } from './endpoint.ts';
import { Session } from './fleet.ts';

const count = z.number().int();

const Person = z
  .object({
    name: z.string().describe('Name of the credential, or `anyone` where none was needed.'),
    role: z.string().describe('Its role.'),
    address: z.string().describe('Address that the request came from.'),
  })
  .nullable();

const Figures = z.object({
  makespan_s: z.number().describe('Seconds from its beginning to its end, or until now.'),
  builds: count.describe('Builds that ended.'),
  built: count.describe('Those that ended with a package.'),
  failed: count.describe('Those that failed.'),
  build_s: z.number().describe('Seconds of all builds together.'),
  success_rate: z.number().nullable().describe('Percent of builds that succeeded, of those that did or failed.'),
  drones: z
    .array(
      z.object({
        name: z.string().describe('Name of the drone.'),
        built: count.describe('Its builds that ended with a package.'),
        failed: count.describe('Its builds that failed.'),
        build_s: z.number().describe('Seconds of its builds together.'),
        busy_s: z.number().describe('Seconds in which it built anything.'),
        utilisation: z.number().describe('Those as percent of the whole session.'),
      }),
    )
    .describe('What each drone did for it, the busiest first.'),
});

const SessionName = z.string().min(1).max(200).describe('Its id, the beginning of it, or its name, if only one fits.');

export const sessionDetail = endpoint({
  method: 'GET',
  path: '/api/v1/sessions/:id',
  access: 'viewer',
  tag: 'history',
  summary: 'One session: its packages by state, what its drones did, what took longest, and what failed.',
  params: z.object({ id: SessionName }),
  errors: ['NOT_FOUND', 'CONFLICT'],
  reply: z.object({
    ...{ session: Session.describe('The session.') },
    queued_by: Person.describe('Who queued it; null when that is not known any more.'),
    ended_by: Person.describe('Who aborted it; null otherwise.'),
    counts: z
      .object({
        needed: count.describe('Packages that are to be built.'),
        delegated: count.describe('Packages that a drone builds.'),
        received: count.describe('Packages that are there.'),
        blocked: count.describe('Packages that wait for an operator or a sweeper.'),
        failed: count.describe('Packages that are given up.'),
        ready: count.describe('Needed packages that could be built now.'),
      })
      .describe('Its packages by state.'),
    figures: Figures.describe('Its builds in numbers.'),
    slowest: z
      .array(
        z.object({
          package: z.string().describe('The package.'),
          drone: z.string().describe('Name of the drone that built it.'),
          duration_s: z.number().describe('How long that took (seconds).'),
        }),
      )
      .describe('What took longest, at most 10.'),
    failures: z
      .array(
        z.object({
          package: z.string().describe('The package.'),
          status: z.enum(['blocked', 'failed']).describe('`blocked` waits for somebody, `failed` is given up.'),
          failure_class: z.enum(FAILURE_CLASS_NAMES).nullable().describe('Class of its failure.'),
          reason: z.string().nullable().describe('Why, in words.'),
          failures: count.describe('How often it failed.'),
        }),
      )
      .describe('Packages that are blocked or failed, at most 50.'),
  }),
});

const OUTCOME = z.enum(['built', 'failed']);
const versions = z.array(z.string());

/** A package that only one of two sessions tried. */
const OnlyThere = z.object({
  package: z.string().describe('The package, without its version.'),
  versions: versions.describe('The versions that were tried.'),
  outcome: OUTCOME.describe('How it ended.'),
  build_s: z.number().describe('Seconds of its builds that ended well.'),
});

/** So many packages of a kind are told of. */
const TOLD = 200;

const Compared = z.object({
  session: Session.describe('The session.'),
  figures: Figures.describe('Its builds in numbers.'),
});

export const compareSessions = endpoint({
  method: 'GET',
  path: '/api/v1/sessions/:id/compare/:other',
  access: 'viewer',
  tag: 'history',
  summary: 'Two sessions beside each other, and the packages that took longer or shorter than before.',
  params: z.object({ id: SessionName, other: SessionName }),
  errors: ['NOT_FOUND', 'CONFLICT'],
  reply: z.object({
    a: Compared.describe('The first one.'),
    b: Compared.describe('The other one.'),
    in_both: count.describe('Packages that both built, whatever their version.'),
    only_a: count.describe('Packages that only the first one built.'),
    only_b: count.describe('Packages that only the other one built.'),
    changed: z
      .array(
        z.object({
          package: z.string().describe('The package, without its version.'),
          a_s: z.number().describe('How long it took in the first one (seconds).'),
          b_s: z.number().describe('How long it took in the other one (seconds).'),
        }),
      )
      .describe('Packages of both whose time changed, the largest change first, at most 50.'),
    gone: z.array(OnlyThere).describe(`Packages that only the first one tried, at most ${TOLD}.`),
    added: z.array(OnlyThere).describe(`Packages that only the other one tried, at most ${TOLD}.`),
    outcomes: z
      .array(
        z.object({
          package: z.string().describe('The package, without its version.'),
          a: OUTCOME.describe('How it ended in the first one.'),
          b: OUTCOME.describe('How it ended in the other one.'),
        }),
      )
      .describe(`Packages that ended otherwise, those that fail now first, at most ${TOLD}.`),
    upgraded: z
      .array(
        z.object({
          package: z.string().describe('The package, without its version.'),
          a: versions.describe('Its versions in the first one.'),
          b: versions.describe('Its versions in the other one.'),
        }),
      )
      .describe(`Packages that both tried in other versions, at most ${TOLD}.`),
    differences: z
      .object({
        gone: count.describe('All packages that only the first one tried.'),
        added: count.describe('All packages that only the other one tried.'),
        outcomes: count.describe('All packages that ended otherwise.'),
        upgraded: count.describe('All packages in other versions.'),
      })
      .describe('How many of each kind there are.'),
  }),
});
