import type { Change } from './change.ts';
import { events } from './events.ts';
import type { Policy } from './policy.ts';
import { reclaim } from './reclaim.ts';
import { timeLimits } from './timeouts.ts';
import type { DroneView, QueuedPackage, RunningAttempt } from './view.ts';

/** A running build as its drone told of it in its last heartbeat. */
export type StillBuild = RunningAttempt & {
  readonly queued: QueuedPackage;
  readonly drone: DroneView;
  /** Seconds without progress. */
  readonly idleS: number;
  /** How often the package was ended for its silence or its length since its failures were last forgotten. */
  readonly timeouts: number;
};

/** How long a build takes nine times of ten, in seconds; null where nothing is known. */
export type ExpectedP90S = (build: Pick<RunningAttempt, 'queueId' | 'droneId'>) => number | null;

/**
 * A sign of life is no progress: a build that its drone itself calls idle for longer than its limit, and does not end,
 * is taken from it. What makes progress is never taken, however long it takes.
 */
export function takeBackStill(
  builds: readonly StillBuild[],
  expectedP90S: ExpectedP90S,
  policy: Policy,
  now: number,
): Change[][] {
  return builds
    .filter((build) => {
      const { silentS } = timeLimits(expectedP90S(build), policy.timeLimits, build.timeouts);
      return build.idleS > silentS + policy.silentGraceMs / 1000;
    })
    .map((build) => {
      const reason = `no progress for ${Math.round(build.idleS)}s, and its drone did not end it`;
      return [
        ...reclaim(build, { failureClass: 'silent', reason, isPausedAtOnce: true }, policy, now),
        { kind: 'drone-health', droneId: build.drone.id, failed: true, at: now },
        { kind: 'event', event: events.reclaimed(build.drone, build.package, reason), at: now },
      ];
    });
}
