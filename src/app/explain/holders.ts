import { heldUpBy } from '../../core/hold-up.ts';
import type { SessionId } from '../../core/ids.ts';
import type { Deps } from '../deps.ts';
import type { Plans } from '../plans.ts';
import type { SessionPackage } from '../ports.ts';
import type { Holder } from './explanation.ts';
import type { Scene } from './scene.ts';
import { type SessionScene, sessionScene } from './waiting-package.ts';

/** So many of what is being built or stuck are looked at; each costs a walk through what depends on it. */
const LOOKED_AT = 64;
/** All that is found on these walks together: a quarter of a second. */
const WALKED_AT_MOST = 100_000;
const SHOWN = 20;

type Needs = Pick<Deps, 'store'> & { readonly plans: Plans };

/** What the waiting packages of these sessions wait for in the end, most wanted first. */
export async function holdersIn(
  { store, plans }: Needs,
  sessions: Iterable<SessionId>,
  scene: Scene,
): Promise<Holder[]> {
  const holders: Holder[] = [];
  for (const id of sessions) {
    const plan = await plans.get(id);
    if (plan === undefined) continue;
    holders.push(...holdersOf(sessionScene(plan.graph, await store.readSessionPackages(id)), scene));
  }
  return holders.sort((one, other) => other.waiting - one.waiting).slice(0, SHOWN);
}

function holdersOf(session: SessionScene, scene: Scene): Holder[] {
  const { graph, byCpv, available } = session;
  const isWaiting = (cpv: string) => {
    const row = byCpv.get(cpv);
    return row?.state === 'needed' && !row.isReady;
  };
  const ends = [...byCpv]
    .filter(([cpv]) => !available.has(cpv) && !isWaiting(cpv))
    .sort(([, one], [, other]) => URGENCY.indexOf(one.state) - URGENCY.indexOf(other.state));
  const holders: Holder[] = [];
  let walked = 0;
  for (const [cpv, row] of ends.slice(0, LOOKED_AT)) {
    const waiting = heldUpBy(graph, cpv, isWaiting).size;
    if (waiting > 0) holders.push(holderOf(row, waiting, scene));
    walked += waiting;
    if (walked > WALKED_AT_MOST) break;
  }
  return holders;
}

const URGENCY: readonly SessionPackage['state'][] = ['blocked', 'failed', 'delegated', 'needed', 'received'];

function holderOf(row: SessionPackage, waiting: number, { buildOf }: Scene): Holder {
  return {
    ...{ package: row.package, state: row.state, failureClass: row.failureClass, waiting },
    drone: row.state === 'delegated' ? (buildOf(row.id)?.berth.drone.name ?? row.assignedTo) : null,
  };
}
