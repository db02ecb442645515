import type { SessionId } from '../ids.ts';
import { lastNeeds } from '../schedule/last-needs.ts';
import { drawnWorkloads, quantile } from './drawn-durations.ts';
import { type RunReport, runReport } from './run-report.ts';
import { seededRandom } from './seeded-random.ts';
import { type Conditions, type SimulatedBuild, type SimulatedRun, simulate } from './simulate.ts';
import type { Workload } from './workload.ts';

/** A question to the simulation: how long such a fleet takes, and how long another would under the same chances. */
export type StudyQuestion = {
  readonly workload: Workload;
  readonly conditions: Conditions;
  /** What it is compared with; null for nothing. */
  readonly baseline: Conditions | null;
  /** Only this session's packages count for span and bound; null for all. */
  readonly session: SessionId | null;
  /** `as-recorded`: the true durations are known, and one run says it all. */
  readonly durations: 'drawn' | 'as-recorded';
  readonly seed: number;
  /** As many as suit the size of the workload when null. */
  readonly runs: number | null;
  /** Whether it shall be told what each drone builds when. */
  readonly isTold?: boolean;
};

/** What such a fleet would come to. */
export type Outcome = {
  readonly startAt: number;
  /** Null when nothing could be built. */
  readonly makespanS: { readonly p50: number; readonly p90: number } | null;
  /** Of the run whose span is the P50. */
  readonly report: RunReport;
  /** Packages that no drone could take, with all that wait for them. */
  readonly leftOver: number;
  /** Each build of the same run, by when it begins; null unless it was asked for. */
  readonly schedule: readonly ScheduledBuild[] | null;
};

/** A build of a simulated run, and the package that it waited for last. */
export type ScheduledBuild = SimulatedBuild & { readonly after: number | null };

export type Study = { readonly runs: number; readonly result: Outcome; readonly baseline: Outcome | null };

const RUNS_AT_MOST = 100;
/** One and its opposite. */
const RUNS_AT_LEAST = 2;
/** Runs times packages when nobody says how many: some seconds at most. */
const BUILDS = 20_000;
/** However many runs are asked for: what is kept of them has to fit in memory. */
const BUILDS_AT_MOST = 1_000_000;

/** Simulate the question, every fleet in it with the same durations. */
export function study(question: StudyQuestion): Study {
  const runs = runCount(question);
  const spans: Spans = { result: [], baseline: [] };
  for (const workload of workloads(question, runs)) {
    spans.result.push(measured(question, workload, question.conditions));
    if (question.baseline !== null) spans.baseline.push(measured(question, workload, question.baseline));
  }
  const { conditions, baseline } = question;
  return {
    runs,
    result: outcome(question, spans.result, conditions),
    baseline: baseline === null ? null : outcome(question, spans.baseline, baseline),
  };
}

type Measured = { readonly workload: Workload; readonly run: SimulatedRun; readonly spanS: number };
type Spans = Readonly<Record<'result' | 'baseline', Measured[]>>;

function runCount({ workload, durations, runs }: StudyQuestion): number {
  if (durations === 'as-recorded') return 1;
  const packages = Math.max(1, workload.tasks.filter(({ state }) => state !== 'done').length);
  const wanted = runs ?? Math.max(RUNS_AT_LEAST, Math.min(RUNS_AT_MOST, Math.floor(BUILDS / packages)));
  return Math.max(1, Math.min(wanted, Math.floor(BUILDS_AT_MOST / packages)));
}

/** Running builds are known as they are seen now, whatever the fleet and the start that are asked about. */
function workloads(question: StudyQuestion, runs: number): Iterable<Workload> {
  const { workload, durations, conditions, baseline, seed } = question;
  if (durations === 'as-recorded') return [workload];
  return drawnWorkloads(workload, baseline ?? conditions, runs, seededRandom(seed));
}

function measured(question: StudyQuestion, workload: Workload, conditions: Conditions): Measured {
  const run = simulate(workload, conditions);
  const { startAt } = conditions;
  const counts = counting(question);
  const lastAt = run.builds.reduce((last, { task, endAt }) => (counts(task) ? Math.max(last, endAt) : last), startAt);
  return { workload, run, spanS: (lastAt - startAt) / 1000 };
}

function counting({ session, workload }: StudyQuestion): (task: number) => boolean {
  return session === null ? () => true : (task) => workload.tasks[task]?.sessionId === session;
}

function outcome(question: StudyQuestion, all: readonly Measured[], conditions: Conditions): Outcome {
  const sorted = all.toSorted((left, right) => left.spanS - right.spanS);
  const median = sorted[Math.min(sorted.length - 1, Math.floor(0.5 * sorted.length))] as Measured;
  const spans = sorted.map(({ spanS }) => spanS);
  const [p50, p90] = [quantile(spans, 0.5), quantile(spans, 0.9)];
  const isNothing = median.run.builds.length === 0 && median.run.leftOver.length > 0;
  return {
    startAt: conditions.startAt,
    makespanS: isNothing || p50 === undefined || p90 === undefined ? null : { p50, p90 },
    report: runReport(median.run, median.workload, conditions, counting(question)),
    leftOver: median.run.leftOver.length,
    schedule: question.isTold === true ? scheduleOf(median) : null,
  };
}

function scheduleOf({ workload: { graph }, run }: Measured): ScheduledBuild[] {
  const ends = new Float64Array(graph.taskCount).fill(Number.NaN);
  for (const { task, endAt } of run.builds) ends[task] = endAt;
  const last = lastNeeds(graph, (task) => ends[task] ?? Number.NaN);
  return run.builds
    .map((build) => {
      const after = last[build.task] ?? -1;
      return { ...build, after: after < 0 ? null : after };
    })
    .sort((one, other) => one.startAt - other.startAt);
}
