import type { Build, SwarmEvent } from '../../live/swarm-state.ts';
import { type Bar, type BarState, bare, keyOfAttempt, placeOf } from './bars.ts';

/** What was heard since the builds were read. Times of the control plane, Unix seconds. */
export type News = {
  /** When the builds were read. */
  readonly at: number;
  readonly events: readonly SwarmEvent[];
  readonly builds: ReadonlyMap<number, Build>;
  /** Clock of the control plane less that of this browser. */
  readonly offset: number;
  /** Whether what began is added; of one session it is not known yet. */
  readonly isAll: boolean;
};

const ENDS: Readonly<Record<string, BarState>> = {
  ...{ complete: 'received', fail: 'failed', return: 'returned', reclaim: 'reclaimed' },
};

/** Events come with whole requests, what is read with the moment of the answer. */
const OVERLAP_S = 1;

/** The builds as they are now, without asking: what began and ended is in the events, what runs in the progress. */
export function followBuilds(read: readonly Bar[], { at, events, builds, offset, isAll }: News): readonly Bar[] {
  const bars = new Map(read.map((bar) => [bar.key, bar]));
  const running = new Map(read.flatMap((bar) => (bar.to === null ? [[placeOf(bar), bar.key] as const] : [])));
  const ended = new Map<string, number>();
  const put = (bar: Bar) => {
    bars.set(bar.key, bar);
    if (bar.to === null) running.set(placeOf(bar), bar.key);
    else running.delete(placeOf(bar));
  };
  for (const event of events) {
    if (event.timestamp < at - OVERLAP_S) continue;
    const place = placeIn(event);
    const state = ENDS[event.type];
    if (place === undefined || (state === undefined && event.type !== 'assign')) continue;
    const known = bars.get(running.get(placeOf(place)) ?? '');
    if (state === undefined) {
      const mayBeRead = event.timestamp < at + OVERLAP_S && isRead(bars, place, event.timestamp);
      if (isAll && known === undefined && !mayBeRead) put(newBar(place, event.timestamp));
    } else if (known !== undefined && known.from <= event.timestamp) {
      ended.set(placeOf(place), event.timestamp);
      put({ ...known, state, to: event.timestamp, failureClass: textOf(event.details['class']) });
    }
  }
  for (const build of builds.values()) {
    const place = { drone: build.drone, package: bare(build.package) };
    const from = build.heardAt / 1000 + offset - build.elapsed_s;
    const known = bars.get(keyOfAttempt(build.attempt)) ?? bars.get(running.get(placeOf(place)) ?? '');
    if (known?.to === null) {
      if (known.attempt === null) bars.delete(known.key);
      put({ ...known, attempt: build.attempt, key: keyOfAttempt(build.attempt), phase: build.phase });
    } else if (isAll && known === undefined && (ended.get(placeOf(place)) ?? 0) < from)
      put({ ...newBar(place, from), attempt: build.attempt, key: keyOfAttempt(build.attempt), phase: build.phase });
  }
  return [...bars.values()];
}

type Place = Pick<Bar, 'drone' | 'package'>;

function newBar(place: Place, from: number): Bar {
  return {
    ...place,
    ...{ key: `new ${placeOf(place)} ${from}`, attempt: null, session: null, state: 'running', from, to: null },
    ...{ expectedTo: null, phase: null, failureClass: null, after: null },
  };
}

function placeIn({ details }: SwarmEvent): Place | undefined {
  const [drone, name] = [textOf(details['drone']), textOf(details['package'])];
  return drone === null || name === null ? undefined : { drone, package: bare(name) };
}

/** Whether what the event tells of was read already, and is over. */
function isRead(bars: ReadonlyMap<string, Bar>, place: Place, at: number): boolean {
  for (const bar of bars.values())
    if (bar.package === place.package && bar.drone === place.drone && Math.abs(bar.from - at) < OVERLAP_S) return true;
  return false;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
