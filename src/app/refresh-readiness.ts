import type { SessionId } from '../core/ids.ts';
import { type PlanGraph, readiness } from '../core/readiness.ts';
import type { Deps } from './deps.ts';
import type { Plans } from './plans.ts';

export type Readying = {
  /** Mark every package whose build closure has become available as ready. */
  refresh(): Promise<void>;
};

/** Derives from the plans of the open sessions what can be built now. */
export function createReadying({ store, plans }: Pick<Deps, 'store'> & { plans: Plans }): Readying {
  return {
    refresh: async () => {
      for (const sessionId of await store.readOpenSessions()) {
        const plan = await plans.get(sessionId);
        if (plan) await refreshSession(store, sessionId, plan.graph);
      }
    },
  };
}

async function refreshSession(store: Deps['store'], sessionId: SessionId, graph: PlanGraph): Promise<void> {
  const packages = await store.readSessionPackages(sessionId);
  const waiting = packages.filter((each) => each.state === 'needed' && !each.isReady && each.cpv !== null);
  if (waiting.length === 0) return;
  const { isReady } = readiness(graph, availableIn(graph, packages));
  const ready = waiting.filter((each) => each.cpv !== null && isReady(each.cpv));
  if (ready.length > 0) await store.markReady(ready.map((each) => each.id));
}

/**
 * What a drone can install: published packages of the session, and every package of the plan that is
 * not queued because the target has it installed.
 */
export function availableIn(
  graph: PlanGraph,
  packages: readonly { readonly cpv: string | null; readonly isAvailable: boolean }[],
): Set<string> {
  const queued = new Set(packages.map((each) => each.cpv));
  const available = new Set(graph.cpvs.filter((cpv) => !queued.has(cpv)));
  for (const each of packages) if (each.isAvailable && each.cpv !== null) available.add(each.cpv);
  return available;
}
