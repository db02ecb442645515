import type { FailureClass } from './failure-class.ts';
import type { AttemptId, DroneId, SessionId } from './ids.ts';

/** The types that clients filter by; `session`, `refused` and `publish` are newer than the others. */
export const EVENT_TYPES = [
  'queue',
  'assign',
  'complete',
  'return',
  'fail',
  'stale',
  'reclaim',
  'unblock',
  'control',
  'register',
  'offline',
  'session',
  'refused',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Something that happened, as operators read it later. Its number and time are given by the store. */
export type SwarmEvent = {
  readonly type: EventType;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly droneId: DroneId | null;
  readonly package: string | null;
};

/** A drone as events name it. */
type DroneName = { readonly id: DroneId; readonly name: string };

export const events = {
  queued: (count: number, sessionId: SessionId): SwarmEvent =>
    plain('queue', `${packages(count)} queued`, { count, session_id: sessionId }),

  lost: (packageName: string, path: string): SwarmEvent => ({
    type: 'queue',
    message: `${packageName} needed again: ${path} is gone from the binhost`,
    details: { package: packageName, path },
    droneId: null,
    package: packageName,
  }),

  assigned: (drone: DroneName, packageName: string, target: number): SwarmEvent =>
    about({ drone, package: packageName }, 'assign', `1 package assigned to ${drone.name}`, {
      count: 1,
      first_package: packageName,
      target,
    }),

  completed: (drone: DroneName, packageName: string, durationS: number): SwarmEvent =>
    about(
      { drone, package: packageName },
      'complete',
      `${packageName} completed on ${drone.name}${durationS > 0 ? ` in ${durationS.toFixed(1)}s` : ''}`,
      { duration: durationS },
    ),

  returned: (drone: DroneName, packageName: string, reason: string): SwarmEvent =>
    about({ drone, package: packageName }, 'return', `${packageName} returned by ${drone.name}`, { reason }),

  failed: (drone: DroneName, packageName: string, failure: { class: FailureClass; status: string; error: string }) =>
    about({ drone, package: packageName }, 'fail', `${packageName} failed on ${drone.name}: ${failure.class}`, {
      status: failure.status,
      class: failure.class,
      error: failure.error.slice(0, 200),
    }),

  blocked: (packageName: string, why: { reason: string; class: FailureClass; distinctDrones: number }): SwarmEvent => ({
    type: 'fail',
    message: `${packageName} blocked (${why.reason})`,
    details: { package: packageName, distinct_drones: why.distinctDrones, class: why.class },
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

  unblocked: (count: number): SwarmEvent => plain('unblock', `${packages(count)} unblocked`, { count }),

  paused: (): SwarmEvent => plain('control', 'Control plane paused', {}),
  resumed: (): SwarmEvent => plain('control', 'Control plane resumed', {}),

  nodePaused: (drone: DroneName, isPaused: boolean): SwarmEvent =>
    about({ drone, package: null }, 'control', `${drone.name} ${isPaused ? 'paused' : 'resumed'}`, {}),

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

  sessionCompleted: (session: { id: SessionId; name: string; received: number; failed: number; waiting: number }) =>
    plain(
      'session',
      `Session ${session.name} completed: ${session.received} received, ${session.failed} blocked or failed, ${session.waiting} waiting on those`,
      { session_id: session.id, received: session.received, failed: session.failed, waiting: session.waiting },
    ),
} as const;

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
