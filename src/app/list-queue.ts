import type { SessionId } from '../core/ids.ts';
import type { PlanGraph } from '../core/readiness.ts';
import { waits } from '../core/waits.ts';
import type { Deps } from './deps.ts';
import type { Plans } from './plans.ts';
import type { SessionPackage } from './ports.ts';
import { availableIn } from './refresh-readiness.ts';

export type ListedPackage = SessionPackage & { readonly waitingOn: readonly string[] };

/** The queue of a session (default: the active one, else everything) with what each package waits for. */
export function listQueue({ store, plans }: Pick<Deps, 'store'> & { plans: Plans }) {
  return async (session: SessionId | null): Promise<readonly ListedPackage[]> => {
    const packages = await store.readSessionPackages(session ?? (await store.readActiveSession()));
    const named = new Map<number, string[]>();
    for (const sessionId of new Set(packages.map((each) => each.sessionId))) {
      const plan = sessionId === null ? undefined : await plans.get(sessionId);
      const members = packages.filter((each) => each.sessionId === sessionId);
      if (plan) for (const [id, names] of waitsIn(plan.graph, members)) named.set(id, names);
    }
    return packages.map((each) => ({ ...each, waitingOn: named.get(each.id) ?? [] }));
  };
}

function waitsIn(graph: PlanGraph, members: readonly SessionPackage[]): Map<number, string[]> {
  const stuck = members.flatMap((each) => (each.cpv !== null && isStuck(each) ? [each.cpv] : []));
  const waitsFor = waits(graph, availableIn(graph, members), stuck);
  const byCpv = new Map(members.flatMap((each) => (each.cpv === null ? [] : [[each.cpv, each] as const])));
  const named = new Map<number, string[]>();
  for (const each of members) {
    if (each.state !== 'needed' || each.isReady || each.cpv === null) continue;
    named.set(
      each.id,
      waitsFor(each.cpv).map((cpv) => described(cpv, byCpv.get(cpv))),
    );
  }
  return named;
}

function isStuck({ state }: SessionPackage): boolean {
  return state === 'blocked' || state === 'failed';
}

/** `cat/pkg-1`, with the reason when it will not come by itself. */
function described(cpv: string, queued: SessionPackage | undefined): string {
  if (!queued || !isStuck(queued)) return cpv;
  return `${cpv} (${queued.state}: ${queued.failureClass ?? 'unknown'})`;
}
