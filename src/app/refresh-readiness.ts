import type { SessionId } from '../core/ids.ts';
import { type PlanGraph, readiness } from '../core/readiness.ts';
import type { Deps } from './deps.ts';
import type { Plans } from './plans.ts';

export type Readying = {
  /** Mark every package whose build closure is available as ready, and no other. */
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
  const needed = packages.filter((each) => each.state === 'needed' && each.cpv !== null);
  if (needed.length === 0) return;
  const { isReady } = readiness(graph, availableIn(graph, packages));
  // Ready is taken back as well: what was in the binhost may be lost.
  const changed = needed.filter((each) => each.cpv !== null && isReady(each.cpv) !== each.isReady);
  if (changed.length === 0) return;
  const idsOf = (wasReady: boolean) => changed.filter((each) => each.isReady === wasReady).map((each) => each.id);
  await store.markReadiness({ ready: idsOf(false), waiting: idsOf(true) });
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
