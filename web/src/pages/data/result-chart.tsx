import { useMemo, useState } from 'react';
import { Chart, type ChartSeries } from '../../ui/chart.tsx';
import { moment, number } from '../../ui/format.ts';
import { Empty } from '../../ui/notice.tsx';
import { Choice } from '../../ui/toolbar.tsx';
import styles from './data.module.css';
import { type Answer, drawingOf, kindsOf } from './results.ts';

const COLOURS = [
  'var(--accent)',
  'var(--blocked)',
  'var(--ready)',
  'var(--received)',
  'var(--failed)',
  'var(--needed)',
];
const DRAWS = ['line', 'bars', 'points'] as const;

/** Columns of numbers as lines, bars or points over another column. */
export function ResultChart({ answer }: { readonly answer: Answer }) {
  const kinds = useMemo(() => kindsOf(answer), [answer]);
  const numbers = kinds.flatMap((kind, at) => (kind === 'number' ? [at] : []));
  const first = kinds.findIndex((kind) => kind === 'time');
  const [x, setX] = useState(first >= 0 ? first : 0);
  const [ys, setYs] = useState<readonly number[]>(() => numbers.filter((at) => at !== x).slice(0, 3));
  const [draw, setDraw] = useState<(typeof DRAWS)[number]>(kinds[x] === 'text' ? 'bars' : 'line');
  const drawing = useMemo(() => drawingOf(answer, x, ys), [answer, x, ys]);
  const series = useMemo(
    () =>
      drawing.series.map(
        (each, index): ChartSeries => ({ ...each, colour: COLOURS[index % COLOURS.length] ?? 'var(--accent)', draw }),
      ),
    [drawing, draw],
  );
  if (numbers.length === 0 || answer.rows.length === 0)
    return <Empty title="Nothing to draw">A chart takes at least one column of numbers and one row.</Empty>;
  const toggle = (at: number) => setYs(ys.includes(at) ? ys.filter((each) => each !== at) : [...ys, at]);
  const { labels } = drawing;
  return (
    <div className={styles['chart']}>
      <div className={styles['chartTools']}>
        <label className={styles['select']}>
          Along
          <select value={x} onChange={(event) => setX(Number(event.target.value))}>
            {answer.columns.map((name, at) => (
              <option key={`${at} ${name}`} value={at}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <fieldset className={styles['values']}>
          <legend>Values</legend>
          {numbers.map((at) => (
            <label key={at}>
              <input type="checkbox" checked={ys.includes(at)} onChange={() => toggle(at)} />
              {answer.columns[at]}
            </label>
          ))}
        </fieldset>
        <Choice
          label="Draw"
          options={DRAWS.map((value) => ({ value, label: value }))}
          value={draw}
          onChange={setDraw}
        />
      </div>
      {ys.length === 0 ? (
        <Empty title="Choose a column of numbers" />
      ) : (
        <Chart
          label="The answer"
          places={drawing.places}
          series={series}
          height={320}
          {...(labels === undefined
            ? kinds[x] === 'time'
              ? { describe: (index: number) => moment(drawing.places[index] ?? 0) }
              : { placeOf: number }
            : { placeOf: (place: number) => labels[place] ?? '' })}
        />
      )}
    </div>
  );
}
