import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { PLAN_MEDIA_TYPE } from './plan.ts';
import { DroneName, Labels, text } from './vocabulary.ts';

const MAX_PACKAGES = 30_000;
const MAX_DRONES = 1_000;
const MAX_CHANGES = 100;
const MAX_RUNS = 1_000;
const MAX_DEPENDENCIES = 2_000;
const YEAR_S = 366 * 24 * 3600;

const Cores = z.number().positive().max(4_096);
const Slots = z.number().int().min(1).max(1_024).describe('Builds at once; 1 when absent.');
const RamGb = z.number().positive().max(1_000_000);
const Name = text(200).min(1);
const Names = z.array(Name).max(MAX_DEPENDENCIES).optional();

export const SimulatedDrone = z.object({
  name: DroneName,
  cores: Cores,
  slots: Slots.optional(),
  ram_gb: RamGb.optional(),
  speed: z
    .number()
    .positive()
    .max(1_000)
    .optional()
    .describe('Times as fast as a drone that gives a build 8 cores; from its cores when absent.'),
  labels: Labels.optional().describe('Its labels; none when absent.'),
});

/** A recorded workload: what `build-swarmv3 simulate --workload` reads. Other fields are passed over. */
export const SimulatedWorkload = z.object({
  packages: z
    .array(
      z.object({
        cpv: Name,
        seconds: z.number().min(0).max(YEAR_S).describe('How long it takes on a drone of 8 cores.'),
        build_deps: Names.describe('What must be installed while it compiles; names that are not listed are there.'),
        run_deps: Names.describe('What comes along when it is installed.'),
        mem_mb: z.number().min(0).max(1e9).nullish().describe('Memory that it needs (MB).'),
        labels: Labels.optional().describe('Only drones with all of these labels may build it.'),
      }),
    )
    .min(1)
    .max(MAX_PACKAGES)
    .describe('What is to be built.'),
});

const Change = z.union(
  [
    z.strictObject({ add: SimulatedDrone.describe('With one more drone.') }),
    z.strictObject({ remove: Name.describe('Without this drone, by name or id.') }),
    z.strictObject({
      resize: z
        .object({
          name: Name,
          cores: Cores,
          slots: Slots.optional(),
          ram_gb: RamGb.optional(),
          labels: Labels.optional().describe('All of its labels; as they are when absent.'),
        })
        .describe('With other cores for a drone that there is; what was learned of its speed holds.'),
    }),
    z.strictObject({ start_at: z.number().min(0).max(1e11).describe('Begin then (Unix seconds).') }),
  ],
  { error: 'must be one of {"add": {…}}, {"remove": NAME}, {"resize": {…}} or {"start_at": TIME}' },
);

const number = z.number().nullable();

const Outcome = z.object({
  start_at: z.number().describe('When it begins (Unix seconds).'),
  makespan_p50_s: number.describe('Seconds until all is built, in half of the runs; null when nothing could be built.'),
  makespan_p90_s: number.describe('Seconds until all is built, in nine of ten runs.'),
  lower_bound_s: z.number().describe('No schedule takes less: the longer of the next two.'),
  critical_path_s: z.number().describe('The longest chain on the fastest drone (seconds).'),
  capacity_s: z.number().describe('All work on all slots without a gap (seconds).'),
  ratio_to_bound: z.number().describe('Times the lower bound that it takes.'),
  utilisation: z.number().describe('Busy share of all slots.'),
  left_over: z.number().int().describe('Packages that no drone could take, with all that wait for them.'),
  drones: z.array(
    z.object({
      name: z.string(),
      slots: z.number().int().describe('Builds at once.'),
      slowness: z.number().describe('Times as long as a drone of 8 cores that a build takes there.'),
      builds: z.number().int(),
      utilisation: z.number().describe('Busy share of its slots.'),
      idle_s: z.number().describe('Seconds in which it has no build at all.'),
      gaps: z
        .array(
          z.object({
            from_s: z.number().describe('Seconds after the beginning.'),
            to_s: z.number().describe('Seconds after the beginning.'),
          }),
        )
        .describe('The longest of those times, at most 20.'),
    }),
  ),
  schedule: z
    .array(
      z.object({
        package: z.string().describe('The package, without `=`.'),
        drone: z.string().describe('Name of the drone that builds it.'),
        start_s: z.number().describe('When that begins (seconds after the beginning; below 0 when it ran already).'),
        end_s: z.number().describe('When that ends (seconds after the beginning).'),
        after: z
          .string()
          .nullable()
          .describe('The package that it waited for last; null when it waited for none of this run.'),
      }),
    )
    .optional()
    .describe('What each drone builds when, by when it begins, in the run whose span is the P50. When asked for.'),
});

export const simulate = endpoint({
  method: 'POST',
  path: '/api/v1/simulate',
  // Not for viewers, of whom no token is asked: a question may keep a processor busy for half a minute.
  access: 'operator',
  tag: 'queue',
  mediaType: PLAN_MEDIA_TYPE,
  summary:
    'How long a run would take: that of now, one that is over, or a given workload, on the drones that there are or on others. Nothing of the swarm is touched.',
  body: z.object({
    workload: SimulatedWorkload.optional().describe('Packages to build, instead of those of the swarm.'),
    session: Name.optional().describe(
      'Only this session, by id or by a name that only one has. One of which nothing can be built any more is simulated as it was, next to how it really went. All that is left to build when absent.',
    ),
    fleet: z
      .array(SimulatedDrone)
      .min(1)
      .max(MAX_DRONES)
      .refine((fleet) => new Set(fleet.map(({ name }) => name)).size === fleet.length, 'must name each drone once')
      .optional()
      .describe('Drones to build on, instead of those that there are.'),
    what_if: z.array(Change).max(MAX_CHANGES).optional().describe('What is changed, one after the other.'),
    spread: z
      .number()
      .min(0)
      .max(3)
      .optional()
      .describe('How much durations of `workload` vary: standard deviation of the logarithm. 0 when absent.'),
    seed: z.number().int().min(0).max(4_294_967_295).optional().describe('Other chances; 1 when absent.'),
    runs: z
      .number()
      .int()
      .min(1)
      .max(MAX_RUNS)
      .optional()
      .describe('So many runs with other durations; as many as suit the size when absent.'),
    schedule: z.boolean().optional().describe('`true`: the answer says what each drone builds when.'),
  }),
  reply: z.object({
    source: z
      .enum(['given', 'present', 'past'])
      .describe('What was simulated: a given workload, what is left to build, or a session that is over.'),
    session_id: z.string().nullable(),
    packages: z.number().int().describe('Packages that were left to build.'),
    known_share: z.number().describe('Share of them of which anything was learned.'),
    runs: z.number().int().describe('Simulated runs.'),
    seed: z.number().int().describe('The same seed gives the same answer.'),
    elapsed_ms: z.number(),
    result: Outcome.describe('The run as it was asked for.'),
    baseline: Outcome.nullable().describe('The run without `fleet` and `what_if`; null when nothing is changed.'),
    difference: z
      .object({
        p50_s: number.describe('Seconds that half of the runs take longer; below 0 they are shorter.'),
        p90_s: number.describe('The same of nine of ten runs.'),
      })
      .nullable()
      .describe('The result against the baseline.'),
    real: z
      .object({
        started_at: z.number(),
        ended_at: z.number(),
        makespan_s: z.number().describe('Seconds from the first build to the end of the last.'),
        builds: z.number().int(),
        failures: z.number().int().describe('Builds that ended without a package; simulated ones do not.'),
        difference_s: number.describe('Seconds that the result takes longer; below 0 it is shorter.'),
      })
      .nullable()
      .describe('How a session that is over really went; null for others.'),
  }),
  errors: ['NOT_FOUND', 'CONFLICT', 'SIMULATION_BUSY', 'SIMULATION_TIMEOUT', 'SIMULATION_FAILED'],
});
