import type { PlanNode } from '../../core/plan.ts';
import { planTasks, type TaskGraph } from '../../core/schedule/task-graph.ts';
import { upwardRanksS } from '../../core/schedule/upward-rank.ts';
import type { PreparedPlan } from '../plans.ts';

/** The plan of an open session, prepared for ranking. */
export type SessionGraph = {
  readonly graph: TaskGraph;
  readonly indexOf: ReadonlyMap<string, number>;
  readonly nodes: ReadonlyMap<string, PlanNode>;
  readonly plan: PreparedPlan;
  /** Of each task; empty until they are first worked out. */
  ranks: Float64Array;
};

export function sessionGraph(plan: PreparedPlan): SessionGraph {
  const graph = planTasks(plan.graph);
  const indexOf = new Map(graph.names.map((name, index) => [name, index]));
  return { graph, indexOf, nodes: plan.nodes, plan, ranks: new Float64Array(graph.nodeCount) };
}

/** Work the ranks out anew; `weightS` is what is left to be done of a package, by name. */
export function rankAgain(session: SessionGraph, weightS: (cpv: string) => number): void {
  const { graph } = session;
  session.ranks = upwardRanksS(graph, (task) => weightS(graph.names[task] as string));
}
