import type { SessionId } from '../core/ids.ts';
import type { PlanGraph } from '../core/readiness.ts';
import { waits } from '../core/waits.ts';
import type { Deps } from './deps.ts';
import type { Plans } from './plans.ts';
import type { QueuePage, SessionPackage } from './ports.ts';
import { availableIn } from './refresh-readiness.ts';

export type ListedPackage = SessionPackage & { readonly waitingOn: readonly string[] };

export type QueueListing = { readonly total: number; readonly packages: readonly ListedPackage[] };

/** A page of the queue, as somebody asks for it. */
export type QueueWish = QueuePage & {
  /** Of all sessions, also while one is active. */
  readonly isOfAll: boolean;
};

/** A page of the queue of a session (default: the active one, else everything) with what each package waits for. */
export function listQueue({ store, plans }: Pick<Deps, 'store'> & { plans: Plans }) {
  return async ({ isOfAll, ...wish }: QueueWish): Promise<QueueListing> => {
    const sessionId = wish.sessionId ?? (isOfAll ? null : await store.readActiveSession());
    const { total, rows } = await store.readQueuePage({ ...wish, sessionId });
    return { total, packages: await nameWaits(rows, plans, (session) => store.readSessionPackages(session)) };
  };
}

type Members = (session: SessionId) => Promise<readonly SessionPackage[]>;

/** Rows with what each waits for; `membersOf` gives all packages of a session, of which these may be some. */
export async function nameWaits(
  rows: readonly SessionPackage[],
  plans: Plans,
  membersOf: Members,
): Promise<readonly ListedPackage[]> {
  const named = new Map<number, string[]>();
  // What a package waits for follows from its whole session, which is read only when one of these waits.
  for (const waitingIn of new Set(rows.filter(isWaiting).map((each) => each.sessionId))) {
    const plan = waitingIn === null ? undefined : await plans.get(waitingIn);
    if (!plan || waitingIn === null) continue;
    const members = await membersOf(waitingIn);
    for (const [id, names] of waitsIn(plan.graph, members, new Set(rows.map((each) => each.id)))) named.set(id, names);
  }
  return rows.map((each) => ({ ...each, waitingOn: named.get(each.id) ?? [] }));
}

function isWaiting({ state, isReady, cpv }: SessionPackage): boolean {
  return state === 'needed' && !isReady && cpv !== null;
}

function waitsIn(
  graph: PlanGraph,
  members: readonly SessionPackage[],
  wanted: ReadonlySet<number>,
): Map<number, string[]> {
  const stuck = members.flatMap((each) => (each.cpv !== null && isStuck(each) ? [each.cpv] : []));
  const waitsFor = waits(graph, availableIn(graph, members), stuck);
  const byCpv = new Map(members.flatMap((each) => (each.cpv === null ? [] : [[each.cpv, each] as const])));
  const named = new Map<number, string[]>();
  for (const each of members) {
    if (!wanted.has(each.id) || !isWaiting(each) || each.cpv === null) continue;
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
