import type { DroneId, SessionId } from '../ids.ts';
import type { DurationEstimate } from '../schedule/duration.ts';
import type { BuildNeeds } from '../schedule/ready-package.ts';
import type { TaskGraph } from '../schedule/task-graph.ts';

/** What is to be built in a simulation: the graph, and for each of its packages what is known and what is true. */
export type Workload = {
  readonly graph: TaskGraph;
  /** One for each package of the graph, in its order. */
  readonly tasks: readonly SimulatedTask[];
};

export type SimulatedTask = Partial<BuildNeeds> & {
  /** What the scheduler believes. */
  readonly estimate: DurationEstimate;
  /** How long it really takes on a drone of slowness 1. */
  readonly trueS: number;
  /** Whether anything was learned of it; an estimate that is only the default is none. */
  readonly isKnown?: boolean;
  readonly sessionId?: SessionId;
  readonly arch?: string;
  readonly labels?: readonly string[];
  readonly bump?: number;
  readonly failedBy?: readonly DroneId[];
  /** Where a simulation begins in the middle of a run: built already, or being built. */
  readonly state?: 'done' | { readonly droneId: DroneId; readonly startedAt: number };
};
