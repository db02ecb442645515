import type { Actor } from './actor.ts';
import type { FailureClass } from './failure-class.ts';
import type { AttemptId, DroneId, SessionId } from './ids.ts';

/** The types that clients filter by, and what happened. */
export const EVENT_TYPES = {
  queue: 'packages were queued, or one is needed again because its file is gone',
  assign: 'a package was handed out',
  complete: 'a drone built a package, and it was accepted',
  return: 'a drone gave a package back; nobody is to blame',
  fail: 'a build failed, or a package is blocked because of its failures',
  stale: 'a report came for an attempt that is not current; it changed nothing',
  binhost:
    'the binhost held packages that are not of this swarm; they were left out of the index, and the old one kept',
  refused: 'a delivered package was not what was asked for',
  reclaim: 'a package was taken from a drone: it was silent, or an operator said so',
  unblock: 'packages are tried again, by an operator or by themselves after a while',
  control:
    'an operator did something; `by`, `role` and `from` say who and from where. Or the control plane restarted or rebooted a drone that did not go on',
  escalation:
    'a drone that does not go on is looked after: probed, about to be restarted, left to a person, well again',
  disk: 'a disk of the control plane or of a drone has little room, or has enough again',
  register: 'a drone came online',
  offline: 'a drone is silent',
  grounded: 'the circuit breaker of a drone opened, or closed again',
  disabled: 'a drone fails what others build; it gets nothing more until an operator resumes it',
  stuck: 'the sweep found something that does not go on by itself, or it is over',
  session: 'a session ended, or is active again',
  rebalance: 'a package was moved from one drone to another; only in the history of version 3.1',
} as const;
export type EventType = keyof typeof EVENT_TYPES;

/** Something that happened, as operators read it later. Its number and time are given by the store. */
export type SwarmEvent = {
  readonly type: EventType;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly droneId: DroneId | null;
  readonly package: string | null;
};

/** Which rule took a package out of the queue, and whether a sweeper may still try it. */
type WhyBlocked = {
  readonly to: 'blocked' | 'failed';
  readonly reason: string;
  readonly class: FailureClass;
  readonly distinctDrones: number;
};

/** What convicts a drone: what it failed, and who built that. */
type WhyDisabled = {
  readonly failed: readonly {
    readonly package: string;
    readonly class: FailureClass;
    readonly built_by: readonly string[];
  }[];
  /** Packages that it failed in all; `failed` names the newest. */
  readonly count: number;
  readonly advice: string;
};

/** A drone as events name it. */
type DroneName = { readonly id: DroneId; readonly name: string };

export const events = {
  queued: (count: number, sessionId: SessionId, by?: Actor): SwarmEvent =>
    plain('queue', `${packages(count)} queued`, {
      ...{ count, session_id: sessionId },
      ...(by === undefined ? {} : madeBy(by)),
    }),

  lost: (packageName: string, path: string): SwarmEvent => ({
    type: 'queue',
    message: `${packageName} needed again: ${path} is gone from the binhost`,
    details: { package: packageName, path },
    droneId: null,
    package: packageName,
  }),

  foreignPackages: (dir: string, count: number, keptAs: readonly string[]): SwarmEvent =>
    plain(
      'binhost',
      `${packages(count)} in ${dir} not of this swarm, and left out of the index${keptAs.length > 0 ? `; the old one was kept as ${keptAs.join(' and ')}` : ''}`,
      { dir, count, kept_as: keptAs },
    ),

  // This and the next come with nearly every request, and are not put together from parts for that reason.
  assigned: (drone: DroneName, packageName: string, target: number): SwarmEvent => ({
    type: 'assign',
    message: `1 package assigned to ${drone.name}`,
    details: { package: packageName, drone: drone.name, count: 1, first_package: packageName, target },
    droneId: drone.id,
    package: packageName,
  }),

  completed: (drone: DroneName, packageName: string, durationS: number): SwarmEvent => ({
    type: 'complete',
    message: `${packageName} completed on ${drone.name}${durationS > 0 ? ` in ${durationS.toFixed(1)}s` : ''}`,
    details: { package: packageName, drone: drone.name, duration: durationS },
    droneId: drone.id,
    package: packageName,
  }),

  returned: (drone: DroneName, packageName: string, reason: string): SwarmEvent =>
    about({ drone, package: packageName }, 'return', `${packageName} returned by ${drone.name}`, { reason }),

  failed: (drone: DroneName, packageName: string, failure: { class: FailureClass; status: string; error: string }) =>
    about({ drone, package: packageName }, 'fail', `${packageName} failed on ${drone.name}: ${failure.class}`, {
      status: failure.status,
      class: failure.class,
      error: failure.error.slice(0, 200),
    }),

  blocked: (packageName: string, why: WhyBlocked): SwarmEvent => ({
    type: 'fail',
    message: `${packageName} ${why.to === 'failed' ? 'given up' : 'blocked'} (${why.reason})`,
    details: { package: packageName, distinct_drones: why.distinctDrones, class: why.class },
    droneId: null,
    package: packageName,
  }),

  heldBack: (packageName: string, failureClass: FailureClass, reason: string): SwarmEvent => ({
    type: 'fail',
    message: `${packageName} blocked without another try (${reason})`,
    details: { package: packageName, class: failureClass, cached: true },
    droneId: null,
    package: packageName,
  }),

  stale: (drone: DroneName, packageName: string, status: string): SwarmEvent =>
    about({ drone, package: packageName }, 'stale', `${packageName} stale report from ${drone.name} (discarded)`, {
      status,
    }),

  refused: (drone: DroneName, packageName: string, attempt: AttemptId, reason: string): SwarmEvent =>
    about({ drone, package: packageName }, 'refused', `${packageName} from ${drone.name} refused: ${reason}`, {
      attempt,
      reason,
    }),

  reclaimed: (drone: DroneName, packageName: string, reason: string): SwarmEvent =>
    about({ drone, package: packageName }, 'reclaim', `${packageName} reclaimed from ${drone.name} (${reason})`, {
      reason,
    }),

  unblocked: (count: number, by: Actor): SwarmEvent =>
    plain('unblock', `${packages(count)} unblocked`, { count, ...madeBy(by) }),

  aged: (packageName: string, ageing: number): SwarmEvent => ({
    type: 'unblock',
    message: `${packageName} unblocked after a while (chance ${ageing})`,
    details: { package: packageName, ageing },
    droneId: null,
    package: packageName,
  }),

  acquitted: (packageName: string): SwarmEvent => ({
    type: 'unblock',
    message: `${packageName} unblocked: only drones that are at fault failed it`,
    details: { package: packageName },
    droneId: null,
    package: packageName,
  }),

  paused: (by: Actor): SwarmEvent => plain('control', 'Control plane paused', madeBy(by)),
  resumed: (by: Actor): SwarmEvent => plain('control', 'Control plane resumed', madeBy(by)),

  /** Any other action of an operator on the whole swarm; `said` is the sentence. */
  controlled: (action: string, said: string, details: Record<string, unknown>, by: Actor): SwarmEvent =>
    plain('control', said, { action, ...details, ...madeBy(by) }),

  nodePaused: (drone: DroneName, isPaused: boolean, by: Actor): SwarmEvent =>
    about({ drone, package: null }, 'control', `${drone.name} ${isPaused ? 'paused' : 'resumed'}`, madeBy(by)),

  nodeRemoved: (drone: DroneName, by: Actor): SwarmEvent =>
    about({ drone, package: null }, 'control', `${drone.name} removed`, madeBy(by)),

  grounded: (drone: DroneName, failures: number, cooldownMs: number): SwarmEvent =>
    about(
      { drone, package: null },
      'grounded',
      `${drone.name} grounded (${failures} failures, ${Math.round(cooldownMs / 60_000)}m cooldown)`,
      { failures, timeout_min: cooldownMs / 60_000 },
    ),

  ungrounded: (drone: DroneName): SwarmEvent =>
    about({ drone, package: null }, 'grounded', `${drone.name} may work again, its cool-off is over`, {}),

  disabled: (drone: DroneName, { failed, count, advice }: WhyDisabled): SwarmEvent =>
    about(
      { drone, package: null },
      'disabled',
      `${drone.name} disabled: it failed ${packages(count)} that other drones built; ${advice}`,
      { failed, count, advice },
    ),

  stuck: (rule: string, says: string, details: Record<string, unknown>): SwarmEvent =>
    plain('stuck', says, { rule, is_over: false, ...details }),

  notStuck: (rule: string, said: string): SwarmEvent => plain('stuck', `No longer: ${said}`, { rule, is_over: true }),

  online: (drone: DroneName, ip: string, cores: number | null): SwarmEvent =>
    about(
      { drone, package: null },
      'register',
      `${drone.name} came online${cores === null ? '' : ` (${cores} cores)`}`,
      {
        drone_id: drone.id,
        name: drone.name,
        ip,
        cores,
      },
    ),

  offline: (drone: DroneName, silentS: number): SwarmEvent =>
    about({ drone, package: null }, 'offline', `${drone.name} went offline (silent for ${Math.round(silentS)}s)`, {
      silent_s: silentS,
    }),

  sessionReopened: (session: { id: SessionId; name: string }): SwarmEvent =>
    plain('session', `Session ${session.name} is active again`, { session_id: session.id }),

  sessionCompleted: (session: { id: SessionId; name: string; received: number; failed: number; waiting: number }) =>
    plain(
      'session',
      `Session ${session.name} completed: ${session.received} received, ${session.failed} blocked or failed, ${session.waiting} waiting on those`,
      { session_id: session.id, received: session.received, failed: session.failed, waiting: session.waiting },
    ),
} as const;

/** Who did it and from where, for the audit trail. */
function madeBy({ name, role, address }: Actor): Record<string, unknown> {
  return { by: name, role, from: address };
}

function packages(count: number): string {
  return count === 1 ? '1 package' : `${count} packages`;
}

function plain(type: EventType, message: string, details: Record<string, unknown>): SwarmEvent {
  return { type, message, details, droneId: null, package: null };
}

function about(
  { drone, package: packageName }: { drone: DroneName; package: string | null },
  type: EventType,
  message: string,
  details: Record<string, unknown>,
): SwarmEvent {
  const named = packageName === null ? {} : { package: packageName };
  return {
    type,
    message,
    details: { ...named, drone: drone.name, ...details },
    droneId: drone.id,
    package: packageName,
  };
}
