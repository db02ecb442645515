import type { DroneId } from '../../core/ids.ts';
import type { Score } from '../../core/schedule/placement.ts';
import { type Rejection, rejectionText } from '../../core/schedule/rejection.ts';

/** `20 s`, `4 min`, `1 h 5 min`, `2 d 3 h`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return parts(hours, 'h', minutes % 60, 'min');
  return parts(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function parts(large: number, unit: string, small: number, smaller: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`;
}

/** `1 package`, `3 packages`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `done in 4 min`, or that it is overdue. */
export function whenDone(expectedAt: number | null, now: number): string {
  if (expectedAt === null) return 'how long it takes is not known';
  return expectedAt - now < 1000 ? 'expected any moment' : `expected in ${span(expectedAt - now)}`;
}

/** Why a drone does not get a package, with drones by their names. Without times that rest on nothing. */
export function rejectionSentence(
  rejection: Rejection,
  { now, nameOf }: { now: number; nameOf: (id: DroneId) => string },
  isGuess = false,
): string {
  if (rejection.rule === 'better-home') {
    const { thereAt, hereAt, droneId } = rejection;
    if (isGuess) return `kept for ${nameOf(droneId)}: expected to be done there earlier`;
    return `kept for ${nameOf(droneId)}: done there in ${span(thereAt - now)}, here in ${span(hereAt - now)}`;
  }
  if (rejection.rule === 'disk')
    return `it needs ${mb(rejection.needsBytes)} MB of disk, ${mb(Math.max(0, rejection.freeBytes))} MB are free`;
  if (rejection.rule === 'too-early') return `it is tried again in ${span(rejection.notBefore - now)}`;
  if (rejection.rule === 'kept-free')
    return `room is kept for ${rejection.forPackage}, which is to begin in ${span(rejection.until - now)}`;
  if (rejection.rule === 'slots' && rejection.slots === 1) return 'its only slot is busy';
  return rejectionText(rejection, now);
}

function mb(bytes: number): number {
  return Math.ceil(bytes / (1024 * 1024));
}

/** What spoke for a drone, in words. Without numbers where nothing is known of how long it takes. */
export function scoreSentence(
  { because, finishAt, latestFinishAt, rankS }: Score,
  { now, isGuess }: { now: number; isGuess: boolean },
): string {
  const chain = `the chain that begins with it takes ${span(rankS * 1000)} on the reference drone`;
  switch (because) {
    case 'slack':
      if (isGuess) return 'it is expected to have time enough there';
      return `it has time: it is done ${span(latestFinishAt - finishAt)} before that would make the session longer`;
    case 'earliest':
      return `no other drone is expected to finish it earlier${isGuess ? '' : ` (${span(finishAt - now)}); ${chain}`}`;
    case 'plenty':
      return 'so much is kept for faster drones already that it would wait long for one';
    case 'sweeper':
      return 'it was blocked, and sweepers take what others could not build';
  }
}
