import type { Change } from './change.ts';
import { homeOf } from './completion.ts';
import type { FailureClass } from './failure-class.ts';
import type { Policy } from './policy.ts';
import { pauseAfter } from './retry-pause.ts';
import type { DroneView, QueuedPackage, RunningAttempt } from './view.ts';

type Held = RunningAttempt & { readonly queued: QueuedPackage; readonly drone: DroneView | undefined };
type Why = {
  readonly failureClass: FailureClass;
  readonly reason: string;
  /** Whether even the first time is followed by a pause. */
  readonly isPausedAtOnce: boolean;
};

/** A build is taken from its drone: it ends, and its package goes back, or is blocked when that happened too often. */
export function reclaim(
  held: Held,
  { failureClass, reason, isPausedAtOnce }: Why,
  policy: Policy,
  now: number,
): Change[] {
  const { queued, drone } = held;
  const infrastructureFailures = queued.infrastructureFailures + 1;
  const isBlocked = infrastructureFailures >= policy.infrastructureFailuresToBlock;
  const isPaused = isPausedAtOnce || infrastructureFailures > 1;
  return [
    {
      kind: 'end-attempt',
      attempt: held.id,
      to: 'reclaimed',
      at: now,
      durationS: (now - held.grantedAt) / 1000,
      failureClass,
      phase: null,
      error: reason,
    },
    {
      kind: 'move',
      queueId: queued.id,
      expect: { state: queued.state, attempt: held.id },
      to: isBlocked ? 'blocked' : homeOf(drone),
      at: now,
      update: {
        infrastructureFailures,
        ...(drone?.isSweeper ? {} : { failureClass, error: `${failureClass}: ${reason}` }),
        notBefore: isPaused ? now + pauseAfter(failureClass, infrastructureFailures, policy) : null,
      },
    },
  ];
}
