import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type PointerEvent, useMemo, useState } from 'react';
import { api } from '../../api/api.ts';
import type { Replay, ReplayView } from '../../live/replay.ts';
import type { SwarmEvent } from '../../live/swarm-state.ts';
import { moment } from '../../ui/format.ts';
import { groupOf } from '../events/events-search.ts';
import { Waves } from '../wire/waves.tsx';
import { momentWords } from './moment-words.ts';
import styles from './replay-bar.module.css';
import { LEAP_S } from './replay-keys.ts';

const SLICES = 200;
const TOP = 100;

type Props = { readonly replay: Replay; readonly view: ReplayView };

/** The time that is replayed: how much was said when, what happened, and where one is. Drawn along, or moved by keys. */
export function Scrubber({ replay, view }: Props) {
  const { from, to, at, events } = view;
  const [isHeld, setHeld] = useState(false);
  const [hover, setHover] = useState<number>();
  const { data } = useQuery({
    queryKey: ['replay-density', from, to],
    queryFn: ({ signal }) => api.protocolDensity({ query: { start: from, end: to, buckets: SLICES } }, { signal }),
    staleTime: 60_000,
    retry: false,
  });
  const marks = useMemo(() => marksOf(events, from, to), [events, from, to]);
  const share = (at - from) / (to - from);
  const timeAt = ({ clientX, currentTarget }: PointerEvent<HTMLElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    return from + (to - from) * Math.max(0, Math.min(1, (clientX - left) / width));
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setHeld(true);
    replay.pause();
    replay.seek(timeAt(event));
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    setHover(timeAt(event));
    if (isHeld) replay.seek(timeAt(event));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const places: Readonly<Record<string, number>> = {
      ...{ ArrowLeft: at - LEAP_S, ArrowDown: at - LEAP_S, ArrowRight: at + LEAP_S, ArrowUp: at + LEAP_S },
      ...{ PageDown: at - (to - from) / 20, PageUp: at + (to - from) / 20, Home: from, End: to },
    };
    const place = places[event.key];
    if (event.key === ' ') (view.isPlaying ? replay.pause : replay.play)();
    else if (event.shiftKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight'))
      replay.step(event.key === 'ArrowLeft' ? -1 : 1);
    else if (place !== undefined) replay.seek(place);
    else return;
    event.preventDefault();
  };
  return (
    <div
      className={styles['scrubber']}
      role="slider"
      tabIndex={0}
      aria-label="Moment"
      aria-valuemin={Math.round(from)}
      aria-valuemax={Math.round(to)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={moment(at)}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => setHeld(false)}
      onPointerCancel={() => setHeld(false)}
      onPointerLeave={() => setHover(undefined)}
      onKeyDown={onKeyDown}
    >
      <Waves density={data?.density ?? []} colour="var(--line-strong)" />
      <Waves density={data?.density ?? []} part={[0, share]} colour="var(--accent)" />
      <svg className={styles['marks']} viewBox={`0 0 ${SLICES} ${TOP}`} preserveAspectRatio="none" aria-hidden="true">
        {marks.map(({ group, path }) => (
          <path key={group} d={path} stroke={MARKS[group]} vectorEffect="non-scaling-stroke" strokeWidth="1.5" />
        ))}
      </svg>
      <span className={styles['head']} style={{ left: `${100 * share}%` }} />
      {hover === undefined ? null : (
        <span
          className={styles['hover']}
          style={{ left: `${Math.max(3, Math.min(97, (100 * (hover - from)) / (to - from)))}%` }}
        >
          {momentWords(hover, hover).clock}
        </span>
      )}
    </div>
  );
}

const MARKS = { builds: 'var(--received)', system: 'var(--text-3)', errors: 'var(--failed)' } as const;

/** A line for each slice in which something of a group happened: failures over all, the others along the top. */
function marksOf(events: readonly SwarmEvent[], from: number, to: number) {
  const slices = { builds: new Set<number>(), system: new Set<number>(), errors: new Set<number>() };
  for (const { type, timestamp } of events)
    slices[groupOf(type)].add(Math.round((2 * SLICES * (timestamp - from)) / (to - from)) / 2);
  return (['builds', 'system', 'errors'] as const).map((group) => ({
    group,
    path: [...slices[group]].map((place) => `M${place} 0v${group === 'errors' ? 28 : 12}`).join(''),
  }));
}
