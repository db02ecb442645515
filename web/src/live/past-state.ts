import type { Reply } from '../api/api.ts';
import type { Build, Minute, Node, QueueRow, Status, SwarmEvent, SwarmState } from './swarm-state.ts';

/** What the control plane tells of a moment. */
export type Moment = Reply<'protocolSnapshot'>;

type PastState = Pick<
  SwarmState,
  'status' | 'counts' | 'ready' | 'isPaused' | 'nodes' | 'queue' | 'builds' | 'events' | 'estimates' | 'minutes'
>;

const EVENTS_SHOWN = 500;
const MINUTES_SHOWN = 120;

/** The state that pages show, of a moment (Unix seconds) and of what had happened until then, oldest first. */
export function pastState(moment: Moment, happened: readonly SwarmEvent[], at: number): PastState {
  const status = isKnown(moment.status) ? moment.status : undefined;
  const drones = 'drones' in moment.nodes ? moment.nodes.drones : [];
  const until = happened.slice(0, countUntil(happened, at));
  return {
    status,
    counts: status,
    ready: status?.ready ?? 0,
    isPaused: status?.paused ?? false,
    nodes: new Map(drones.map((node) => [node.id, node])),
    queue:
      moment.queue === undefined ? undefined : new Map(moment.queue.map((row): [number, QueueRow] => [row.id, row])),
    builds: buildsOf(drones, at),
    events: until.slice(-EVENTS_SHOWN),
    // What was expected then is not kept.
    estimates: undefined,
    minutes: minutesOf(until),
  };
}

/** Of a time before the history nothing is told. */
function isKnown(status: Moment['status']): status is Status {
  return 'needed' in status;
}

/** How many of these, oldest first, had happened at a time. */
export function countUntil(events: readonly SwarmEvent[], at: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.timestamp ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function buildsOf(drones: readonly Node[], at: number): Map<number, Build> {
  const running = drones.flatMap((drone) =>
    drone.online
      ? drone.running.map((build) => ({ ...build, drone_id: drone.id, drone: drone.name, heardAt: at * 1000 }))
      : [],
  );
  return new Map(running.map((build) => [build.attempt, build]));
}

function minutesOf(happened: readonly SwarmEvent[]): readonly Minute[] {
  const minutes = new Map<number, Minute>();
  for (const { type, timestamp } of happened) {
    if (type !== 'complete' && type !== 'fail') continue;
    const at = Math.floor(timestamp / 60) * 60_000;
    const { received, failed } = minutes.get(at) ?? { received: 0, failed: 0 };
    minutes.set(at, {
      at,
      received: received + (type === 'complete' ? 1 : 0),
      failed: failed + (type === 'fail' ? 1 : 0),
    });
  }
  return [...minutes.values()].slice(-MINUTES_SHOWN);
}
