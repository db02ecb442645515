import type { Change } from '../core/change.ts';
import { acquit, disableFaulty, failedByFaultyOnly } from '../core/faulty-drones.ts';
import { type ExpectedP90S, takeBackStill } from '../core/still-builds.ts';
import type { Deps } from './deps.ts';

/** So often drones are judged, and builds without progress looked for. */
const PERIOD_MS = 30_000;
/** Of the newest so many builds; what is older says little of a drone. */
const BUILDS_JUDGED = 5_000;

type Needs = Pick<Deps, 'store' | 'clock' | 'policy'> & { readonly expectedP90S: ExpectedP90S };

/** What is due with the fleet, at most every half minute: drones that are at fault, builds that stand still. */
export function lookAfterFleet(deps: Needs): (now: number) => Promise<Change[][]> {
  const { store, clock, policy, expectedP90S } = deps;
  let nextAt = clock.elapsed();
  return async (now) => {
    if (clock.elapsed() < nextAt) return [];
    nextAt = clock.elapsed() + PERIOD_MS;
    const still = await store.readStillBuilds(Math.min(policy.timeLimits.silentFloorS, policy.timeLimits.silentCapS));
    return [...takeBackStill(still, expectedP90S, policy, now), ...(await faulty(deps, now))];
  };
}

async function faulty({ store, policy }: Needs, now: number): Promise<Change[][]> {
  if (!policy.disablesFaultyDrones) return [];
  const view = await store.readBlameView(now - policy.blame.windowMs, BUILDS_JUDGED);
  const disabling = disableFaulty(view, policy, now);
  const disabled = disabling.flat().flatMap((change) => (change.kind === 'disable-drone' ? [change.droneId] : []));
  if (disabled.length === 0) return [];
  const names = failedByFaultyOnly(view, new Set(disabled), policy, now);
  return [...disabling, ...acquit(await store.readBlocked(names), now)];
}
