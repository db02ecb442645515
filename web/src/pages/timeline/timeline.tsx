import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSwarm } from '../../live/use-swarm.ts';
import { NoDrones } from '../../swarm/no-drones.tsx';
import { count, duration, partsOf, percent } from '../../ui/format.ts';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { BarTable } from './bar-table.tsx';
import type { Bar } from './bars.ts';
import { Chart } from './chart.tsx';
import { CompareCard } from './compare-card.tsx';
import { Controls, ZoomButtons } from './controls.tsx';
import { densityOf } from './draw-strip.ts';
import { layoutOf } from './layout.ts';
import { Legend } from './legend.tsx';
import { PathCard } from './path-card.tsx';
import { Strip } from './strip.tsx';
import styles from './timeline.module.css';
import type { TimelineSearch } from './timeline-search.ts';
import { useChange, useRangeInAddress } from './use-address.ts';
import { markersOf, usageIn, useGaps, usePath } from './use-marks.ts';
import { type TimelineData, useTimeline } from './use-timeline.ts';
import { type SettledView, useSettledView } from './use-view.ts';
import { createViewStore, type ViewStore } from './view-store.ts';

/** With nothing else said, so much is shown: two hours, or all that there is of less. */
const USUAL_SPAN_S = 7_200;
const LEAST_SPAN_S = 180;
const AHEAD = 0.3;

/** Who built what when: a row for each drone, live, with what is to come. */
export function TimelinePage() {
  const search: TimelineSearch = useSearch({ strict: false });
  const change = useChange();
  const data = useTimeline(search);
  const view = useView(search, data);
  const settled = useSettledView(view);
  useRangeInAddress({ search, view, settled, change });
  const { read, now, sections, isOver } = data;
  const isEmpty = data.bars.length === 0;
  return (
    <Page
      title="Timeline"
      full
      says={isEmpty ? undefined : <Summary data={data} settled={settled} />}
      actions={isEmpty ? undefined : <ZoomButtons view={view} isFollowing={settled.isFollowing} isOver={isOver} />}
    >
      <Controls search={search} data={data} change={change} />
      {read.isPending ? <Skeleton height="24rem" /> : null}
      {read.error === null ? null : <Failure error={read.error} onRetry={read.retry} />}
      {read.isPending || read.error !== null ? null : isEmpty ? (
        <Nothing search={search} />
      ) : (
        <Content key={sections.length} search={search} data={data} view={view} settled={settled} now={now} />
      )}
    </Page>
  );
}

/** Made once; opened anew where another session, or its comparison, is looked at. */
function useView({ session, compare, from, to, span }: TimelineSearch, data: TimelineData): ViewStore {
  const { now, whole, read, bars, simulation } = data;
  const [view] = useState(() =>
    createViewStore({
      now,
      spanS: span ?? USUAL_SPAN_S,
      ...(from === undefined || to === undefined ? {} : { range: { from, to } }),
    }),
  );
  useEffect(() => view.setWhole(whole), [view, whole]);
  const hasFuture = data.planned.packages.length > 0;
  useEffect(() => view.setAhead(hasFuture ? AHEAD : 0.04), [view, hasFuture]);
  const isReady = !read.isPending && bars.length > 0 && !simulation.isPending;
  const subject = `${session ?? ''} ${compare === true}`;
  const opened = useRef<string>(undefined);
  useEffect(() => {
    if (!isReady || opened.current === subject) return;
    const isFirst = opened.current === undefined;
    opened.current = subject;
    if (isFirst && from !== undefined && to !== undefined) return view.open({ from, to });
    if (session !== undefined) return view.open('all');
    const known = (now() - whole.from) / (1 - AHEAD);
    view.open({ spanS: (isFirst ? span : undefined) ?? Math.min(USUAL_SPAN_S, Math.max(LEAST_SPAN_S, known)) });
  }, [isReady, subject, view, session, whole, now, from, to, span]);
  return view;
}

type ContentProps = {
  readonly search: TimelineSearch;
  readonly data: TimelineData;
  readonly view: ViewStore;
  readonly settled: SettledView;
  readonly now: () => number;
};

function Content({ search, data, view, settled, now }: ContentProps) {
  const { sections, whole, seen, read, planned, simulation, sessions, pathSession } = data;
  const { colour = 'outcome' } = search;
  const navigate = useNavigate();
  const layout = useMemo(() => layoutOf(sections), [sections]);
  const gaps = useGaps(sections, whole, now);
  const usage = useMemo(
    () => usageIn(sections, { range: settled.range, whole, now: now() }),
    [sections, settled.range, whole, now],
  );
  const path = usePath({ isWanted: search.path === true, sections, layout, session: pathSession, now });
  const markers = useMemo(() => markersOf(simulation.reply), [simulation.reply]);
  const density = useMemo(() => densityOf(data.bars, whole, now()), [data.bars, whole, now]);
  const byKey = useMemo(() => new Map(data.bars.map((bar) => [bar.key, bar])), [data.bars]);
  const barOf = useCallback((key: string) => byKey.get(key), [byKey]);
  const open = useCallback((bar: Bar) => void openBar(navigate, bar), [navigate]);
  const isShort = read.from !== null && settled.range.from < read.from;
  const { readOlder } = read;
  // Who goes back beyond what was read gets the next part of it.
  useEffect(() => {
    if (isShort) readOlder();
  }, [isShort, readOlder]);
  const name = sessions.data?.find(({ id }) => id === pathSession)?.name ?? pathSession ?? '';
  return (
    <>
      <div className={styles['notes']}>
        <Legend
          colouring={colour}
          hasFuture={planned.packages.length > 0}
          hasSimulation={simulation.reply !== undefined}
        />
        <p className="dim" aria-live="polite">
          {notice({ data, isShort })}
        </p>
      </div>
      {search.view === 'table' ? (
        <div className={styles['table']}>
          <BarTable
            drones={sections[0]?.drones ?? []}
            range={settled.range}
            now={now()}
            path={path?.keys}
            onOpen={open}
          />
        </div>
      ) : (
        <Chart {...{ view, layout, now, usage, gaps, seen, path, markers, barOf }} colouring={colour} onOpen={open} />
      )}
      <Strip view={view} density={density} />
      {path === undefined && !(search.compare === true && data.isOver) ? null : (
        <div className={styles['cards']}>
          {search.compare === true && data.isOver ? <CompareCard simulation={simulation} /> : null}
          {path === undefined ? null : <PathCard title={`Critical path of ${name}`} path={path.real} now={now()} />}
        </div>
      )}
    </>
  );
}

function notice({ data, isShort }: { readonly data: TimelineData; readonly isShort: boolean }): string {
  const { read, planned, simulation } = data;
  if (read.isReadingOlder || isShort) return 'Reading older builds…';
  if (simulation.isPending) return 'Simulating…';
  return planned.reason === null ? '' : `Nothing is foreseen: ${planned.reason}.`;
}

async function openBar(navigate: ReturnType<typeof useNavigate>, bar: Bar): Promise<void> {
  if (bar.attempt !== null) return navigate({ to: '/builds/$attempt', params: { attempt: String(bar.attempt) } });
  const { category } = partsOf(bar.package);
  return navigate({
    to: '/packages/$category/$name',
    params: { category, name: bar.package.slice(category.length + 1) },
  });
}

function Summary({ data, settled }: { readonly data: TimelineData; readonly settled: SettledView }) {
  const { sections, whole, now } = data;
  const drones = sections[0]?.drones ?? [];
  const usage = [...usageIn(sections.slice(0, 1), { range: settled.range, whole, now: now() })].map(([, each]) => each);
  const slots = drones.reduce((sum, { lanes }) => sum + lanes.length, 0);
  const busy = usage.reduce((sum, each, at) => sum + each.utilisation * (drones[at]?.lanes.length ?? 0), 0);
  const idleS = usage.reduce((sum, each) => sum + each.idleS, 0);
  return (
    <>
      {count(drones.length, 'drone')}, {count(slots, 'slot')} · {percent(slots === 0 ? 0 : busy / slots)} busy in this
      time
      {idleS < 1 ? '' : `, drones idle for ${duration(idleS)} in all`}
    </>
  );
}

function Nothing({ search }: { readonly search: TimelineSearch }) {
  const hasDrones = useSwarm('nodes').size > 0;
  if (search.session !== undefined)
    return (
      <Empty title="Nothing of this session was built yet">
        Its builds appear here as soon as a drone begins. <Link to="/queue">See what it waits for</Link>.
      </Empty>
    );
  if (!hasDrones) return <NoDrones />;
  return (
    <Empty title="Nothing was built yet">
      Builds appear here as soon as a drone begins. Queue packages with <code>build-swarmv3 fresh @world</code>.
    </Empty>
  );
}
