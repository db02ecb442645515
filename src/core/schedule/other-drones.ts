import { couldHold } from './admission.ts';
import type { Berth, Fleet } from './fleet.ts';
import type { ReadyPackage } from './ready-package.ts';
import type { SchedulePolicy } from './schedule-policy.ts';

type Moment = { readonly fleet: Fleet; readonly policy: SchedulePolicy; readonly now: number };

/**
 * Whether a drone that did not fail the package may be expected to take it: a drone that failed one gets it again
 * only when there is none. Who has nothing to do and does not ask would keep it waiting for ever.
 */
export function othersCouldTry(ready: ReadyPackage, { fleet, policy, now }: Moment): boolean {
  for (const berth of fleet.berths())
    if (
      !ready.failedBy.includes(berth.drone.id) &&
      couldHold(ready, berth.drone, policy) &&
      willAsk(berth, policy, now)
    )
      return true;
  return false;
}

function willAsk({ running, hasAsked, lastAskedAt }: Berth, { asksWithinMs }: SchedulePolicy, now: number): boolean {
  return running.length > 0 || !hasAsked || lastAskedAt + asksWithinMs >= now;
}
