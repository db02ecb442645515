import { useMemo } from 'react';
import { endOf } from './bars.ts';
import { type CriticalPath, criticalPath } from './critical-path.ts';
import { type PathLine, pathLines } from './draw-path.ts';
import type { Layout, Section } from './layout.ts';
import type { Marker } from './scene.ts';
import { type Usage, usageOf } from './usage.ts';
import type { Simulation } from './use-foreseen.ts';
import type { Range } from './view-range.ts';

/** How busy each drone of each section was in a time, as far as anything is known of it. */
export function usageIn(sections: readonly Section[], { range, whole, now }: UsageWish): ReadonlyMap<string, Usage> {
  const known = { from: Math.max(range.from, whole.from), to: Math.min(range.to, whole.to) };
  return new Map(
    sections.flatMap(({ id, drones }) =>
      drones.map((drone) => [`${id} ${drone.name}`, usageOf(drone, known, nowIn(id, now))] as const),
    ),
  );
}

type UsageWish = { readonly range: Range; readonly whole: Range; readonly now: number };

/** A simulated run is past as a whole. */
function nowIn(section: Section['id'], now: number): number {
  return section === 'simulated' ? Number.MAX_SAFE_INTEGER : now;
}

/** The times in which each drone had nothing to do, between the first build of its section and the last. */
export function useGaps(
  sections: readonly Section[],
  whole: Range,
  now: () => number,
): ReadonlyMap<string, readonly Range[]> {
  return useMemo(
    () =>
      new Map(
        sections.flatMap(({ id, drones }) => {
          const to = id === 'simulated' ? lastEnd(drones) : whole.to;
          return drones.map(
            (drone) =>
              [`${id} ${drone.name}`, usageOf(drone, { from: whole.from, to }, nowIn(id, now())).gaps] as const,
          );
        }),
      ),
    [sections, whole, now],
  );
}

function lastEnd(drones: Section['drones']): number {
  return drones.reduce((last, { lanes }) => lanes.reduce((end, lane) => Math.max(end, lane.at(-1)?.to ?? 0), last), 0);
}

export type ShownPath = {
  readonly keys: ReadonlySet<string>;
  readonly lines: readonly PathLine[];
  /** Of the real run. */
  readonly real: CriticalPath;
};

type PathWish = {
  readonly isWanted: boolean;
  readonly sections: readonly Section[];
  readonly layout: Layout;
  readonly session: string | undefined;
  readonly now: () => number;
};

/** The chain that decides the end of the session, and that of the simulated run; undefined unless it is wanted. */
export function usePath({ isWanted, sections, layout, session, now }: PathWish): ShownPath | undefined {
  return useMemo(() => {
    if (!isWanted) return undefined;
    const at = now();
    const paths = sections.map(({ id, drones }) =>
      criticalPath(drones, at, (bar) => id === 'simulated' || bar.session === session),
    );
    return {
      keys: new Set(paths.flatMap(({ keys }) => [...keys])),
      lines: paths.flatMap(({ steps }) =>
        pathLines(steps, layout, ({ bar }) => Math.max(endOf(bar, at), bar.expectedTo ?? 0)),
      ),
      real: paths[0] ?? { steps: [], keys: new Set(), spanS: 0, waitS: 0 },
    };
  }, [isWanted, sections, layout, session, now]);
}

/** When the run really ended, when the simulated one would, and before when none can. */
export function markersOf(reply: Simulation['reply']): readonly Marker[] {
  if (reply === undefined) return [];
  const { result, real } = reply;
  const { start_at: startAt, lower_bound_s: boundS, makespan_p50_s: spanS } = result;
  return [
    { at: startAt + boundS, label: 'lower bound', colour: 'var(--text-3)' },
    ...(spanS === null ? [] : [{ at: startAt + spanS, label: 'simulated', colour: 'var(--ready)' }]),
    ...(real === null ? [] : [{ at: real.ended_at, label: 'real', colour: 'var(--received)' }]),
  ];
}
