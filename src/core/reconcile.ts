import type { Change } from './change.ts';
import { events } from './events.ts';
import { blameOf } from './failure-class.ts';
import type { Policy } from './policy.ts';
import { reclaim } from './reclaim.ts';
import type { BlockedPackage, ReconcileView } from './view.ts';

/**
 * Every decision that is due at `now`, whoever slept through the moment at which it became due: silent
 * drones go offline, their builds are taken away when the lease is over, sessions in which nothing
 * can move any more end. Each group of changes is applied by itself, so that one that was overtaken
 * does not hold up the others.
 */
export function reconcile(view: ReconcileView, policy: Policy, now: number): Change[][] {
  return [
    ...silentDrones(view, policy, now),
    ...breakers(view, policy, now),
    ...lostBuilds(view, policy, now),
    ...agedPackages(view, policy, now),
    ...endedSessions(view, now),
  ];
}

function silentDrones(view: ReconcileView, policy: Policy, now: number): Change[][] {
  return view.drones
    .filter((drone) => drone.isOnline && now - drone.lastSeenAt > policy.offlineAfterMs)
    .map((drone) => [
      { kind: 'drone-offline', droneId: drone.id, lastSeenAt: drone.lastSeenAt },
      { kind: 'event', event: events.offline(drone, (now - drone.lastSeenAt) / 1000), at: now },
    ]);
}

/**
 * The circuit breaker: so many failures of the infrastructure in a row ground a drone for a while, then it
 * starts anew. What it builds meanwhile it may finish; it only gets nothing more.
 */
function breakers(view: ReconcileView, policy: Policy, now: number): Change[][] {
  return view.drones.flatMap((drone): Change[][] => {
    const { id: droneId, failures, groundedUntil } = drone;
    if (groundedUntil === null && failures >= policy.failuresToGround) {
      const until = now + policy.groundedForMs;
      const event = events.grounded(drone, failures, policy.groundedForMs);
      return [
        [
          { kind: 'ground-drone', droneId, until, at: now },
          { kind: 'event', event, at: now },
        ],
      ];
    }
    if (groundedUntil === null || groundedUntil > now) return [];
    return [
      [
        { kind: 'unground-drone', droneId, groundedUntil },
        { kind: 'event', event: events.ungrounded(drone), at: now },
      ],
    ];
  });
}

/** A blocked package gets another chance some times; what Portage's resolver refuses never does. */
function agedPackages(view: ReconcileView, policy: Policy, now: number): Change[][] {
  return view.blocked
    .filter((each) => now - each.blockedAt > policy.ageBlockedAfterMs && each.ageings < policy.ageingsAllowed)
    .filter((each) => each.failureClass === null || blameOf(each.failureClass) !== 'resolver')
    .map((each) => [
      ...anotherChance(each, { ages: true }, now),
      { kind: 'event', event: events.aged(each.package, each.ageings + 1), at: now },
    ]);
}

/** A blocked package is needed again, with its failures forgotten. */
export function anotherChance(blocked: BlockedPackage, { ages }: { readonly ages: boolean }, now: number): Change[] {
  const { id: queueId, sessionId } = blocked;
  const clean = { failures: 0, infrastructureFailures: 0, failureClass: null, error: null, notBefore: null };
  const update = { ...clean, forgetsFailures: true, ages };
  return [
    { kind: 'move', queueId, expect: { state: 'blocked', attempt: null }, to: 'needed', at: now, update },
    ...(sessionId === null ? [] : [{ kind: 'reopen-session', sessionId, at: now } as const]),
  ];
}

/**
 * A build is lost when its drone was silent for a whole lease; a drone that is heard of never loses
 * what it says it is building, however long it takes.
 */
function lostBuilds(view: ReconcileView, policy: Policy, now: number): Change[][] {
  return view.running
    .filter((attempt) => now - attempt.lastHeardAt > policy.leaseMs)
    .map((attempt) => {
      const reason = `not heard of for ${Math.round((now - attempt.lastHeardAt) / 1000)}s`;
      const drone = attempt.drone ?? { id: attempt.droneId, name: attempt.droneId.slice(0, 12) };
      // The first loss is most likely the drone's; a package that takes its drones down with it comes back slowly.
      const why = { failureClass: 'lost', reason, isPausedAtOnce: false } as const;
      return [
        ...reclaim(attempt, why, policy, now),
        { kind: 'event', event: events.reclaimed(drone, attempt.package, reason), at: now },
      ];
    });
}

function endedSessions(view: ReconcileView, now: number): Change[][] {
  return view.sessions
    .filter((session) => session.movable === 0)
    .map((session) => [
      { kind: 'end-session', sessionId: session.id, to: 'completed', at: now },
      { kind: 'event', event: events.sessionCompleted(session), at: now },
    ]);
}
