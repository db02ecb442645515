import type { SessionId } from '../core/ids.ts';
import { type PlanGraph, readiness } from '../core/readiness.ts';
import type { Deps } from './deps.ts';
import { findHeldBack } from './held-back.ts';
import type { Plans, PreparedPlan } from './plans.ts';
import type { HeldBack, SessionPackage } from './ports.ts';

export type Readying = {
  /** Mark every package whose build closure is available as ready, and no other. */
  refresh(): Promise<void>;
};

type Needs = Pick<Deps, 'store' | 'hub' | 'clock' | 'policy'> & { readonly plans: Plans };

/** Derives from the plans of the open sessions what can be built now. */
export function createReadying(deps: Needs): Readying {
  const { store, plans } = deps;
  return {
    refresh: async () => {
      for (const sessionId of await store.readOpenSessions()) {
        const plan = await plans.get(sessionId);
        if (plan) await refreshSession(deps, sessionId, plan);
      }
    },
  };
}

async function refreshSession(deps: Needs, sessionId: SessionId, plan: PreparedPlan): Promise<void> {
  const { store, hub } = deps;
  const packages = await store.readSessionPackages(sessionId);
  const needed = packages.filter((each) => each.state === 'needed' && each.cpv !== null);
  if (needed.length === 0) return;
  const { isReady } = readiness(plan.graph, availableIn(plan.graph, packages));
  // Ready is taken back as well: what was in the binhost may be lost.
  const changed = needed.filter((each) => each.cpv !== null && isReady(each.cpv) !== each.isReady);
  if (changed.length === 0) return;
  const nowReady = changed.filter((each) => !each.isReady);
  const heldBack = await heldBackOf(deps, plan, nowReady);
  const held = new Set(heldBack.map((each) => each.id));
  const ready = nowReady.filter((each) => !held.has(each.id)).map((each) => each.id);
  const waiting = changed.filter((each) => each.isReady).map((each) => each.id);
  hub.announce(await store.markReadiness({ ready, waiting, heldBack }));
}

/** What is known to fail from these very inputs is not tried. */
async function heldBackOf(deps: Needs, plan: PreparedPlan, ready: readonly SessionPackage[]): Promise<HeldBack[]> {
  const why = await findHeldBack(
    deps,
    plan,
    ready.flatMap((each) => each.cpv ?? []),
  );
  return ready.flatMap(({ id, package: name, cpv }) => {
    const reason = cpv === null ? undefined : why.get(cpv);
    return reason === undefined ? [] : [{ id, package: name, ...reason, at: deps.clock.now() }];
  });
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
