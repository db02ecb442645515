import type { FailureClass } from '../core/failure-class.ts';
import type { AttemptId, SessionId } from '../core/ids.ts';
import type { AttemptState } from '../core/package-state.ts';
import { lastNeeds } from '../core/schedule/last-needs.ts';
import { planTasks, type TaskGraph } from '../core/schedule/task-graph.ts';
import { findSession } from './find-session.ts';
import type { Plans, PreparedPlan } from './plans.ts';
import type { Clock } from './ports.ts';
import type { SwarmReports } from './report-ports.ts';

/** Where and when something was built. Times in Unix milliseconds. */
export type TimelineBuild = {
  /** Null for builds of version 3.1. */
  readonly attempt: AttemptId | null;
  readonly package: string;
  /** Name of the drone. */
  readonly drone: string;
  readonly sessionId: SessionId | null;
  readonly state: AttemptState;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly phase: string | null;
  readonly failureClass: FailureClass | null;
};

/** Builds by when they began; null is not asked for. */
export type TimelineWish = {
  readonly from: number | null;
  readonly to: number | null;
  readonly session: SessionId | null;
  readonly limit: number;
};

export type TimelineReads = {
  /** The newest so many, newest first; `from`: since when none is missing, null when there are no older ones. */
  builds(wish: TimelineWish): Promise<{ readonly builds: readonly TimelineBuild[]; readonly from: number | null }>;
};

export type Timeline = {
  readonly at: number;
  readonly from: number | null;
  readonly builds: readonly (TimelineBuild & { readonly after: AttemptId | null })[];
};

/** @throws SwarmError CONFLICT where several sessions have the name */
export type ReadTimeline = (wish: TimelineWish) => Promise<Timeline>;

type Needs = {
  readonly reads: TimelineReads;
  readonly plans: Plans;
  readonly reports: Pick<SwarmReports, 'sessionsCalled'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** Builds along time, and in a session which one each of them waited for. */
export function readTimeline({ reads, plans, reports, clock }: Needs): ReadTimeline {
  // The graph of a large plan takes a tenth of a second, and plans never change.
  const graphs = new WeakMap<PreparedPlan, TaskGraph>();
  const graphOf = (plan: PreparedPlan) => {
    const graph = graphs.get(plan) ?? planTasks(plan.graph);
    graphs.set(plan, graph);
    return graph;
  };
  return async (wish) => {
    const session = wish.session === null ? null : await findSession(reports, wish.session);
    const { builds, from } = await reads.builds({ ...wish, session });
    const plan = session === null ? undefined : await plans.get(session);
    const afterOf = plan === undefined ? () => null : waitedFor(graphOf(plan), builds);
    return { at: clock.now(), from, builds: builds.map((build) => ({ ...build, after: afterOf(build) })) };
  };
}

/** A build may be noted a moment before the one that it waited for: they are written in different transactions. */
const SLACK_MS = 1_000;

function waitedFor(graph: TaskGraph, builds: readonly TimelineBuild[]): (build: TimelineBuild) => AttemptId | null {
  const placeOf = new Map(graph.names.map((name, place) => [name, place]));
  const builtAs = new Map<number, TimelineBuild>();
  // Newest first: of what was built twice the last one counts, as in the session's end.
  for (const build of builds) {
    const place = placeOf.get(cpvOf(build));
    if (place !== undefined && build.state === 'received' && !builtAs.has(place)) builtAs.set(place, build);
  }
  const last = lastNeeds(graph, (task) => builtAs.get(task)?.endedAt ?? Number.NaN);
  return (build) => {
    const need = builtAs.get(last[placeOf.get(cpvOf(build)) ?? -1] ?? -1);
    if (need === undefined || (need.endedAt ?? 0) > build.startedAt + SLACK_MS) return null;
    return need.attempt;
  };
}

function cpvOf(build: TimelineBuild): string {
  return build.package.replace(/^=/, '');
}
