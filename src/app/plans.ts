import type { SessionId } from '../core/ids.ts';
import type { PlanNode } from '../core/plan.ts';
import { type PlanGraph, planGraph } from '../core/readiness.ts';
import type { Deps } from './deps.ts';

/** A session's plan, indexed for the questions that come with every grant and every upload. */
export type PreparedPlan = {
  readonly graph: PlanGraph;
  readonly nodes: ReadonlyMap<string, PlanNode>;
  /** Architecture that it was resolved for; null when it does not say. */
  readonly arch: string | null;
};

export type Plans = {
  /** The plan of a session; undefined when it was queued as a plain list of atoms. */
  get(sessionId: SessionId): Promise<PreparedPlan | undefined>;
};

/** Plans kept prepared; they never change, so that the oldest can simply be read again. */
const MAX_PLANS = 16;

/** Reads each plan once and keeps the newest few. */
export function createPlans({ store }: Pick<Deps, 'store'>): Plans {
  const prepared = new Map<SessionId, PreparedPlan>();
  return {
    get: async (sessionId) => {
      const known = prepared.get(sessionId);
      if (known) return known;
      const plan = await store.readPlan(sessionId);
      if (!plan) return undefined;
      const made = {
        graph: planGraph(plan),
        nodes: new Map(plan.nodes.map((node) => [node.cpv, node])),
        arch: plan.arch ?? null,
      };
      const oldest = prepared.keys().next();
      if (prepared.size >= MAX_PLANS && !oldest.done) prepared.delete(oldest.value);
      prepared.set(sessionId, made);
      return made;
    },
  };
}
