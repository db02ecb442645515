import type { EscalationPolicy } from './escalation-policy.ts';
import type { Suspicion, WatchedDrone } from './watched-drone.ts';

/** Something that looks wrong, as a sentence too. */
export type Suspected = { readonly kind: Suspicion; readonly says: string };

/** The moment and since when somebody watches: nobody was silent while we did not listen. */
export type Watch = { readonly now: number; readonly watchedSince: number };

/** How long a drone was silent, as far as we can know; milliseconds. */
export function silentFor(drone: Pick<WatchedDrone, 'lastSeenAt'>, { now, watchedSince }: Watch): number {
  return now - Math.max(drone.lastSeenAt, watchedSince);
}

/** A drone that was switched off long ago is nobody's worry. */
export function isLongGone(
  { lastSeenAt, openCase }: Pick<WatchedDrone, 'lastSeenAt' | 'openCase'>,
  policy: EscalationPolicy,
  { now, watchedSince }: Watch,
): boolean {
  return openCase === null && Math.min(now, watchedSince) - lastSeenAt > policy.goneAfterMs;
}

/** Why a drone should be looked at; undefined where nothing is wrong. The worst reason comes first. */
export function suspect(drone: WatchedDrone, policy: EscalationPolicy, watch: Watch): Suspected | undefined {
  if (isLongGone(drone, policy, watch)) return undefined;
  const silentMs = silentFor(drone, watch);
  if (silentMs > policy.silentAfterMs)
    return { kind: 'silent', says: `nothing was heard of it for ${Math.round(silentMs / 1000)} s` };
  if (drone.groundedUntil !== null && drone.groundedUntil > watch.now)
    return { kind: 'grounded', says: `it is grounded after ${drone.failures} failures` };
  if (drone.idleS > policy.idleAfterS)
    return { kind: 'no-progress', says: `a build of it is without progress for ${Math.round(drone.idleS)} s` };
  if (drone.failures >= policy.failuresToProbe)
    return { kind: 'failing', says: `it failed ${drone.failures} times in a row` };
  return undefined;
}
