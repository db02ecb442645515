import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSwarm } from '../../live/use-swarm.ts';
import { useSettled } from '../queue/use-settled.ts';
import { type Bar, endOf, simulatedBars, withPlans } from './bars.ts';
import { type DroneLanes, dronesWithLanes } from './lanes.ts';
import type { Section } from './layout.ts';
import { followBuilds } from './live-bars.ts';
import { type SeenPhases, withPhases } from './phases.ts';
import type { TimelineSearch } from './timeline-search.ts';
import { useBuilds } from './use-builds.ts';
import { type Simulation, usePlanned, useSessions, useSimulation } from './use-foreseen.ts';
import type { Range } from './view-range.ts';

/** Bars of a busy swarm are made anew so often at most; they grow with each frame all the same. */
const SETTLE_MS = 500;

export type TimelineData = {
  /** Real and foreseen, in any order. */
  readonly bars: readonly Bar[];
  readonly sections: readonly Section[];
  /** All that there is. */
  readonly whole: Range;
  /** Time of the control plane, Unix seconds. */
  readonly now: () => number;
  readonly seen: SeenPhases;
  readonly read: ReturnType<typeof useBuilds>;
  readonly sessions: ReturnType<typeof useSessions>;
  /** The session whose path is shown. */
  readonly pathSession: string | undefined;
  readonly isOver: boolean;
  readonly planned: ReturnType<typeof usePlanned>;
  readonly simulation: Simulation;
};

/** Everything that the timeline shows, live. */
export function useTimeline({ session, path, future, compare }: TimelineSearch): TimelineData {
  const sessions = useSessions();
  const mine = sessions.data?.find(({ id }) => id === session);
  const isOver = mine !== undefined && mine.status !== 'active';
  const active = useSwarm('status')?.session?.id ?? sessions.data?.[0]?.id;
  const pathSession = session ?? active;
  const read = useBuilds(session);
  const needs = useNeeds(path === true && session === undefined ? pathSession : undefined);
  const now = useClock(read.offset);
  const builds = useSettled(useSwarm('builds'), SETTLE_MS);
  const events = useSettled(useSwarm('events'), SETTLE_MS);
  const planned = usePlanned(session, future !== false && !isOver);
  const seen = useSeenPhases(builds, read.offset);
  const real = useMemo(
    () => followBuilds(read.bars, { at: read.at, events, builds, offset: read.offset, isAll: session === undefined }),
    [read.bars, read.at, read.offset, events, builds, session],
  );
  const bars = useMemo(() => {
    const known = needs === undefined ? real : real.map((bar) => ({ ...bar, after: needs.get(bar.key) ?? bar.after }));
    return withPlans(known, planned.packages, now());
  }, [real, needs, planned.packages, now]);
  const slots = useSlots();
  const simulation = useSimulation(session, compare === true && isOver);
  const sections = useMemo(
    () => sectionsOf({ bars, slots, isOneSession: session !== undefined, now: now(), simulation: simulation.reply }),
    [bars, slots, session, now, simulation.reply],
  );
  const whole = useMemo(() => wholeOf(sections, { now: now(), isOver }), [sections, now, isOver]);
  return { bars, sections, whole, now, seen, read, sessions, pathSession, isOver, planned, simulation };
}

/** Which build each one waited for: known only where a whole session is read. */
function useNeeds(session: string | undefined): ReadonlyMap<string, string> | undefined {
  const { bars } = useBuilds(session, session !== undefined);
  return useMemo(() => {
    if (session === undefined) return undefined;
    return new Map(bars.flatMap(({ key, after }) => (after === null ? [] : [[key, after] as const])));
  }, [bars, session]);
}

/** The same function as long as the page lives. */
function useClock(offset: number): () => number {
  const latest = useRef(offset);
  useEffect(() => {
    latest.current = offset;
  }, [offset]);
  return useCallback(() => Date.now() / 1000 + latest.current, []);
}

function useSeenPhases(builds: Parameters<typeof withPhases>[1], offset: number): SeenPhases {
  const [seen, setSeen] = useState<SeenPhases>(new Map());
  const next = withPhases(seen, builds, offset);
  if (next !== seen) setSeen(next);
  return next;
}

/** How many builds each drone does at once, as it says; the same map as long as that is the same. */
function useSlots(): ReadonlyMap<string, number> {
  const nodes = useSwarm('nodes');
  const text = [...nodes.values()]
    .filter((node) => node.online)
    .map((node) => `${node.name} ${slotsOf(node.capabilities['slots'])}`)
    .sort()
    .join('\n');
  return useMemo(() => {
    const rows = text === '' ? [] : text.split('\n').map((line) => line.split(' '));
    return new Map(rows.map(([name = '', slots]) => [name, Number(slots)]));
  }, [text]);
}

function slotsOf(said: unknown): number {
  return typeof said === 'number' && Number.isInteger(said) && said > 0 ? Math.min(64, said) : 1;
}

type Parts = {
  readonly bars: readonly Bar[];
  readonly slots: ReadonlyMap<string, number>;
  readonly isOneSession: boolean;
  readonly now: number;
  readonly simulation: Simulation['reply'];
};

function sectionsOf({ bars, slots, isOneSession, now, simulation }: Parts): readonly Section[] {
  const builders = new Set(bars.map((bar) => bar.drone));
  const shown = isOneSession ? new Map([...slots].filter(([name]) => builders.has(name))) : slots;
  const real = dronesWithLanes(bars, shown, now);
  if (simulation === undefined) return [{ id: 'real', title: null, drones: real }];
  const { result } = simulation;
  const drones = dronesWithLanes(
    simulatedBars(result.schedule ?? [], result.start_at),
    new Map(result.drones.map((drone) => [drone.name, drone.slots])),
    now,
  );
  return [
    { id: 'real', title: 'As it was', drones: real },
    { id: 'simulated', title: 'Simulated', drones },
  ];
}

const NOTHING_S = 3_600;

function wholeOf(sections: readonly Section[], { now, isOver }: { now: number; isOver: boolean }): Range {
  let [from, to] = [Number.POSITIVE_INFINITY, isOver ? Number.NEGATIVE_INFINITY : now];
  for (const bar of barsOf(sections.flatMap(({ drones }) => drones))) {
    from = Math.min(from, bar.from);
    to = Math.max(to, endOf(bar, now), bar.expectedTo ?? 0);
  }
  return Number.isFinite(from) ? { from, to: Math.max(to, from + 1) } : { from: now - NOTHING_S, to: now };
}

function* barsOf(drones: readonly DroneLanes[]): Generator<Bar> {
  for (const { lanes } of drones) for (const lane of lanes) yield* lane;
}
