import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { api } from '../../api/api.ts';
import { Button } from '../../ui/button.tsx';
import { count, moment } from '../../ui/format.ts';
import { Skeleton } from '../../ui/notice.tsx';
import { Choice } from '../../ui/toolbar.tsx';
import { moveEnd, type Range, rangeBetween, shareOf } from './brush.ts';
import styles from './density.module.css';
import { preciseClock } from './exchange.ts';
import { Waves } from './waves.tsx';
import { SPANS, type Span, USUAL_SPAN, type WireSearch } from './wire-search.ts';

const SLICES = 200;
const FOLLOWED_MS = 5_000;
const AT_REST_MS = 30_000;
const CHOICES = (Object.keys(SPANS) as Span[]).map((value) => ({ value, label: value }));

type Props = {
  readonly search: WireSearch;
  readonly isFollowing: boolean;
  /** The end of the time, in Unix seconds; now unless given. */
  readonly latest: number | undefined;
  readonly onChange: (change: WireSearch) => void;
};

/** How much went over in a time. Drawing over it chooses a part, which the table then shows. */
export function Density({ search, isFollowing, latest, onChange }: Props) {
  const { span = USUAL_SPAN, type, latency } = search;
  const { data } = useQuery({
    queryKey: ['wire-density', span, type, latency, latest === undefined ? 0 : Math.round(latest)],
    queryFn: ({ signal }) => {
      const end = latest ?? Date.now() / 1000;
      const only = {
        ...(type === undefined ? {} : { type }),
        ...(latency === undefined ? {} : { min_latency: latency }),
      };
      return api.protocolDensity({ query: { start: end - SPANS[span], end, buckets: SLICES, ...only } }, { signal });
    },
    placeholderData: (before) => before,
    refetchInterval: latest === undefined && (isFollowing ? FOLLOWED_MS : AT_REST_MS),
  });
  const chosen = data === undefined ? undefined : chosenOf(search, data);
  const choose = (range: Range | undefined) => onChange({ since: range?.start, until: range?.end });
  return (
    <section className={styles['density']} aria-label="Traffic over time">
      <header className={styles['head']}>
        <Choice
          label="Time shown"
          options={CHOICES}
          value={span}
          onChange={(value) => onChange({ span: value === USUAL_SPAN ? undefined : value })}
        />
        {data === undefined ? null : (
          <p className={styles['says']}>
            {chosen === undefined ? (
              <>
                {count(sum(data.density), 'exchange')}
                <span className={styles['hint']}> · draw over the waveform to choose a time</span>
              </>
            ) : (
              <>
                {preciseClock(chosen.start).slice(0, 8)} to {preciseClock(chosen.end).slice(0, 8)}
              </>
            )}
          </p>
        )}
        {search.since === undefined && search.until === undefined ? null : (
          <Button small onClick={() => choose(undefined)}>
            Any time
          </Button>
        )}
      </header>
      {data === undefined ? (
        <Skeleton height="4.5rem" />
      ) : (
        <Brush range={data} density={data.density} chosen={chosen} onChoose={choose} />
      )}
    </section>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** What the address chooses; an open end is that of what is shown. */
function chosenOf({ since, until }: WireSearch, { start, end }: Range): Range | undefined {
  return since === undefined && until === undefined ? undefined : { start: since ?? start, end: until ?? end };
}

type BrushProps = {
  readonly range: Range;
  readonly density: readonly number[];
  readonly chosen: Range | undefined;
  readonly onChoose: (range: Range | undefined) => void;
};

type Drawn = { readonly from: number; readonly to: number; readonly range: Range };

function Brush({ range, density, chosen, onChoose }: BrushProps) {
  const [drawn, setDrawn] = useState<Drawn>();
  const shares: readonly [number, number] | undefined =
    drawn !== undefined
      ? [Math.min(drawn.from, drawn.to), Math.max(drawn.from, drawn.to)]
      : chosen === undefined
        ? undefined
        : [shareOf(chosen.start, range), shareOf(chosen.end, range)];
  const placeOf = ({ clientX, currentTarget }: PointerEvent<HTMLElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(1, (clientX - left) / width));
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0 || (event.target instanceof HTMLElement && event.target.role === 'slider')) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const from = placeOf(event);
    setDrawn({ from, to: from, range });
  };
  const onPointerUp = () => {
    if (drawn === undefined) return;
    setDrawn(undefined);
    onChoose(rangeBetween(drawn.from, drawn.to, drawn.range));
  };
  return (
    <>
      <div
        className={styles['brush']}
        onPointerDown={onPointerDown}
        onPointerMove={(event) => (drawn === undefined ? undefined : setDrawn({ ...drawn, to: placeOf(event) }))}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDrawn(undefined)}
      >
        <Waves density={density} colour={shares === undefined ? 'var(--accent)' : 'var(--line-strong)'} />
        {shares === undefined ? null : (
          <>
            <Waves density={density} part={shares} colour="var(--accent)" />
            <span
              className={styles['chosen']}
              style={{ left: `${100 * shares[0]}%`, right: `${100 * (1 - shares[1])}%` }}
            />
          </>
        )}
        {(['start', 'end'] as const).map((which) => (
          <Handle key={which} which={which} range={range} chosen={chosen} onChoose={onChoose} />
        ))}
      </div>
      <p className={styles['edges']} aria-hidden="true">
        <span>{moment(range.start)}</span>
        <span>{moment(range.end)}</span>
      </p>
    </>
  );
}

type HandleProps = Pick<BrushProps, 'range' | 'chosen' | 'onChoose'> & { readonly which: 'start' | 'end' };

/** An end of the chosen time, for keys: arrows move it, Escape lets go of all. */
function Handle({ which, range, chosen, onChoose }: HandleProps) {
  const now = chosen ?? { start: range.start, end: range.end };
  const step = (range.end - range.start) / 60;
  const steps: Readonly<Record<string, number>> = {
    ...{ ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step },
    ...{ PageDown: -10 * step, PageUp: 10 * step, Home: range.start - range.end, End: range.end - range.start },
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = steps[event.key];
    if (event.key === 'Escape') onChoose(undefined);
    else if (by !== undefined) onChoose(moveEnd(now, which, by, range));
    else return;
    event.preventDefault();
  };
  return (
    <span
      className={styles['handle']}
      role="slider"
      tabIndex={0}
      aria-label={which === 'start' ? 'Chosen time begins' : 'Chosen time ends'}
      aria-valuemin={Math.round(range.start)}
      aria-valuemax={Math.round(range.end)}
      aria-valuenow={Math.round(now[which])}
      aria-valuetext={moment(now[which])}
      data-chosen={chosen !== undefined}
      style={{ left: `${100 * shareOf(now[which], range)}%` }}
      onKeyDown={onKeyDown}
    />
  );
}
