import type { Change } from './change.ts';
import { events } from './events.ts';
import { blameOf } from './failure-class.ts';
import type { AttemptId } from './ids.ts';
import type { Policy } from './policy.ts';
import type { Candidate, DroneView, GrantView, RunningAttempt } from './view.ts';

/** The answer to a drone that asks for work. */
export type GrantDecision =
  | { readonly kind: 'grant'; readonly candidate: Candidate; readonly changes: readonly Change[] }
  | { readonly kind: 'again'; readonly attempt: RunningAttempt }
  | { readonly kind: 'sync-portage'; readonly expectedTimestamp: string }
  /** `looked`: the drone could take something, and none of the candidates was for it. */
  | { readonly kind: 'nothing'; readonly reason: string; readonly looked: boolean };

/**
 * Late binding: a package is bound to a drone only when the drone has a free slot and asks.
 * `holding` are the attempts the drone says it knows of; one it was given and does not name was lost
 * on the way and is answered again. Agents that do not know attempts leave it out and are answered
 * their oldest package until they report it.
 */
export function decideGrant(
  view: GrantView,
  holding: readonly AttemptId[] | undefined,
  policy: Policy,
  now: number,
): GrantDecision {
  if (view.isPaused) return nothing('the control plane is paused');
  const { expected, reported } = view.portageTimestamp;
  if (expected !== null && isOlderTree(reported, expected))
    return { kind: 'sync-portage', expectedTimestamp: expected };
  const lost = view.held.find((attempt) => holding === undefined || !holding.includes(attempt.id));
  if (lost) return { kind: 'again', attempt: lost };
  if (view.drone.isPaused) return nothing('this drone is paused');
  const grounded = groundedReason(view.drone, policy, now);
  if (grounded !== undefined) return nothing(grounded);
  const slots = slotsOf(view.drone, policy);
  if (view.held.length >= slots) return nothing(`all ${slots} slots are busy`);
  const candidate = view.candidates.find((each) => mayTake(each, view, now));
  if (!candidate) return { ...nothing('no package is ready for this drone'), looked: true };
  return { kind: 'grant', candidate, changes: grantChanges(candidate, view.drone, slots, now) };
}

/** Builds that a drone may hold at once: what it says, else derived from its cores. */
export function slotsOf(drone: DroneView, policy: Policy): number {
  if (drone.slots !== null) return drone.slots;
  return drone.cores === null ? policy.slotsUnknown : Math.max(1, Math.floor(drone.cores / policy.coresPerSlot));
}

/**
 * Whether a drone's tree is older than the expected one. A drone that does not say what it has cannot be
 * compared, and is not stopped; texts that are neither times nor numbers must be equal.
 */
function isOlderTree(reported: string | null, expected: string): boolean {
  if (reported === null || reported === expected) return false;
  const [has, wants] = [timeOf(reported), timeOf(expected)];
  return has === undefined || wants === undefined || typeof has !== typeof wants || has < wants;
}

/** Unix seconds as a number, a date in UTC as text: both can be compared with their like. */
function timeOf(text: string): number | string | undefined {
  if (/^\d{9,11}(\.\d+)?$/.test(text)) return Number(text);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/.test(text) ? text.slice(0, 19) : undefined;
}

function groundedReason(drone: DroneView, policy: Policy, now: number): string | undefined {
  const { failures, groundedUntil } = drone;
  if (groundedUntil !== null && groundedUntil > now) {
    return `this drone is grounded for ${Math.ceil((groundedUntil - now) / 1000)} s more, after ${failures} failures`;
  }
  const isDue = groundedUntil === null && failures >= policy.failuresToGround;
  return isDue ? `this drone failed ${failures} times in a row and is about to be grounded` : undefined;
}

/** A drone that failed the package gets it again only when nobody else could try. */
function mayTake(candidate: Candidate, view: GrantView, now: number): boolean {
  if (candidate.notBefore !== null && candidate.notBefore > now) return false;
  const hasFailedIt = candidate.failedBy.includes(view.drone.id);
  if (view.drone.isSweeper) return candidate.state === 'blocked' && !hasFailedIt && isWorthSweeping(candidate);
  if (candidate.state !== 'needed') return false;
  return !hasFailedIt || !view.others.some((other) => couldTry(other, candidate.failedBy));
}

/** What Portage's resolver refuses, no sweeper can build. */
function isWorthSweeping(candidate: Candidate): boolean {
  return candidate.failureClass === null || blameOf(candidate.failureClass) !== 'resolver';
}

/** Whether this drone, which is online and not paused, has not failed the package yet. */
export function couldTry(drone: DroneView, failedBy: readonly string[]): boolean {
  return !drone.isSweeper && !failedBy.includes(drone.id);
}

function grantChanges(candidate: Candidate, drone: DroneView, slots: number, now: number): Change[] {
  const reopened: Change[] =
    candidate.state === 'blocked' && candidate.sessionId !== null
      ? [{ kind: 'reopen-session', sessionId: candidate.sessionId, at: now }]
      : [];
  return [
    {
      kind: 'grant',
      queueId: candidate.queueId,
      expect: { state: candidate.state, attempt: null },
      package: candidate.package,
      sessionId: candidate.sessionId,
      droneId: drone.id,
      droneName: drone.name,
      at: now,
    },
    // What the sweeper rescues must let its dependents go on.
    ...reopened,
    { kind: 'event', event: events.assigned(drone, candidate.package, slots), at: now },
  ];
}

function nothing(reason: string) {
  return { kind: 'nothing', reason, looked: false } as const;
}
