import type { SessionId } from '../ids.ts';
import type { Fleet } from './fleet.ts';
import type { ReadyQueue } from './ready-queue.ts';

/**
 * When a session can be expected to end at the earliest: the longest chain on the fastest drone, or all of its work
 * spread over the whole fleet once the running builds are done, whichever is later (the two bounds of Graham, 1969).
 * What ends before that has slack.
 */
export function horizon(session: SessionId | null, fleet: Fleet, ready: ReadyQueue, now: number): number {
  const { perS, promisedS, fastest } = fleet.capacity(now);
  const { workS, longestS } = ready.backlog(session);
  const byWork = perS > 0 ? now + ((workS + promisedS) / perS) * 1000 : now;
  const byChain = now + longestS * fastest * 1000;
  return Math.max(byWork, byChain, fleet.chainEnd(session, now));
}
