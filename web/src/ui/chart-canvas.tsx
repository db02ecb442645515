import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'react';
import UPlot from 'uplot';
import styles from './chart.module.css';
import type { ChartProps, ChartSeries } from './chart.tsx';
import { axisMoment, count, moment, number } from './format.ts';
import { colourOf, useThemeVersion } from './theme-colours.ts';

type Props = ChartProps & { readonly height: number };
type At = { readonly index: number; readonly left: number; readonly isRight: boolean };

/** The drawing of a chart, as wide as its place, in the colours of the theme. */
export function ChartCanvas(props: Props) {
  const { label, places, series, height, onPick } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const theme = useThemeVersion();
  const [at, setAt] = useState<At>();
  // Another number of lines, or other ways to draw them, are another chart; other values are not.
  const shape = series.map((each) => `${each.label} ${each.colour} ${each.draw ?? ''}`).join('\n');
  useEffect(() => {
    const home = place.current;
    if (home === null) return;
    const made = new UPlot(optionsOf(latest, home.clientWidth, setAt), dataOf(latest.current), home);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: home.clientWidth, height }));
    observer.observe(home);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape, height, theme]);
  useEffect(() => plot.current?.setData(dataOf({ places, series })), [places, series]);
  const pick = () => {
    if (at !== undefined) onPick?.(at.index);
  };
  return (
    <div className={styles['canvas']} style={{ height }}>
      {/* The same facts are in the table, and what is picked is elsewhere too. */}
      <div
        ref={place}
        role="img"
        aria-label={summaryOf(props)}
        style={onPick === undefined ? undefined : { cursor: 'pointer' }}
        onClickCapture={pick}
      />
      {at === undefined ? null : <Tip {...props} at={at} label={label} />}
    </div>
  );
}

function dataOf({ places, series }: Pick<ChartProps, 'places' | 'series'>): UPlot.AlignedData {
  return [[...places], ...series.map((each) => [...each.values])];
}

function optionsOf(
  latest: { readonly current: Props },
  width: number,
  setAt: (at: At | undefined) => void,
): UPlot.Options {
  const { series, height, placeOf, format = number } = latest.current;
  const axis: UPlot.Axis = {
    stroke: colourOf('var(--text-3)'),
    font: `11px ${colourOf('var(--font)')}`,
    grid: { stroke: colourOf('var(--line)'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    legend: { show: false },
    padding: [8, 12, 0, 0],
    scales: {
      // Points at the edges are as whole as the others.
      x: { time: placeOf === undefined, range: () => padded(latest.current) },
      y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.08)] },
    },
    axes: [
      {
        ...axis,
        size: 30,
        space: 64,
        values: (_plot, places) => places.map(placeOf ?? ((at) => axisMoment(at, stepOf(places)))),
      },
      { ...axis, size: 58, values: (_plot, values) => withoutRepeats(values.map((value) => format(value))) },
    ],
    series: [{}, ...series.map(seriesOf)],
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    hooks: {
      setCursor: [
        (plot) => {
          const { idx, left = -1 } = plot.cursor;
          if (idx === null || idx === undefined || left < 0) return setAt(undefined);
          const offset = plot.bbox.left / devicePixelRatio;
          setAt({ index: idx, left: left + offset, isRight: left > plot.over.clientWidth / 2 });
        },
      ],
    },
  };
}

/** A single moment stands in the middle of an hour. */
function padded({ places, placeOf }: Props): [number, number] {
  const [first = 0, last = first] = [places[0], places.at(-1)];
  const alone = placeOf === undefined ? 1800 : 1;
  const more = last > first ? 0.03 * (last - first) : alone;
  return [first - more, last + more];
}

/** From one place of an axis to the next. */
function stepOf([first = 0, second = first]: readonly number[]): number {
  return second - first;
}

/** Short formats say the same of neighbours: then only the first has a label. */
function withoutRepeats(labels: readonly string[]): string[] {
  return labels.map((label, index) => (label === labels[index - 1] ? '' : label));
}

function seriesOf({ label, colour, draw = 'line' }: ChartSeries): UPlot.Series {
  const stroke = colourOf(colour);
  const base: UPlot.Series = { label, stroke, width: 1.5, spanGaps: true, points: { show: false } };
  const { bars, stepped } = UPlot.paths;
  switch (draw) {
    case 'points':
      return { ...base, paths: () => null, points: { show: true, size: 7, fill: stroke, stroke } };
    case 'bars':
      return { ...base, fill: stroke, ...(bars === undefined ? {} : { paths: bars({ size: [0.8, 48] }) }) };
    case 'steps':
      return { ...base, ...(stepped === undefined ? {} : { paths: stepped({ align: 1 }) }) };
    case 'area':
      return { ...base, fill: `color-mix(in srgb, ${stroke} 14%, transparent)` };
    case 'line':
      return base;
  }
}

function Tip({ places, series, at, format = number, placeOf = moment, describe }: Props & { readonly at: At }) {
  const { index, left, isRight } = at;
  const more = describe?.(index) ?? '';
  return (
    <div
      className={styles['tip']}
      style={{ transform: `translate(${left}px, 0) translateX(${isRight ? 'calc(-100% - 12px)' : '12px'})` }}
    >
      <p className={styles['tipTitle']}>{placeOf(places[index] ?? 0)}</p>
      <dl>
        {series.map((each) => {
          const value = each.values[index];
          return value === null || value === undefined ? null : (
            <div key={each.label} style={{ display: 'contents' }}>
              <span className={styles['swatch']} style={{ background: each.colour }} />
              <dt>{each.label}</dt>
              <dd>{format(value)}</dd>
            </div>
          );
        })}
      </dl>
      {more === '' ? null : <p className="dim">{more}</p>}
    </div>
  );
}

function summaryOf({ label, series, format = number }: Props): string {
  const parts = series.flatMap((each) => {
    const values = each.values.filter((value) => value !== null);
    if (values.length === 0) return [];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return [`${each.label}: ${count(values.length, 'value')} from ${format(low)} to ${format(high)}`];
  });
  return `${label}. ${parts.join('; ') || 'Nothing yet'}`;
}
