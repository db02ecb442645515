import { useMemo, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { DataTable, type Sort, type TableColumn } from '../../ui/data-table.tsx';
import { count, moment } from '../../ui/format.ts';
import { Empty } from '../../ui/notice.tsx';
import { Choice } from '../../ui/toolbar.tsx';
import styles from './data.module.css';
import { download } from './download.ts';
import { RecordPanel } from './record-panel.tsx';
import { ResultChart } from './result-chart.tsx';
import { type Answer, type Cell, type ColumnKind, cellText, csvOf, jsonOf, kindsOf, widthsOf } from './results.ts';

type Row = { readonly index: number; readonly cells: readonly Cell[] };

/** What a query was answered: rows in a grid or as a chart, to take along as CSV or JSON. */
export function ResultsView({ answer }: { readonly answer: Answer }) {
  const [view, setView] = useState<'rows' | 'chart'>('rows');
  const [sort, setSort] = useState<Sort>();
  const [opened, setOpened] = useState<number>();
  const rows = useMemo(() => answer.rows.map((cells, index): Row => ({ index, cells })), [answer]);
  const columns = useMemo(() => columnsOf(answer), [answer]);
  const record = opened === undefined ? undefined : rows[opened];
  return (
    <div className={styles['results']}>
      <div className={styles['resultsHead']}>
        <p>
          {count(answer.count, 'row')} <span className="dim">in {answer.elapsed_ms.toFixed(1)} ms</span>
          {answer.truncated ? (
            <span className={styles['cut']}> · {answer.reason ?? 'There are more rows than these.'}</span>
          ) : null}
        </p>
        <div className={styles['resultsTools']}>
          <Choice
            label="Show as"
            options={[
              { value: 'rows', label: 'Rows' },
              { value: 'chart', label: 'Chart' },
            ]}
            value={view}
            onChange={setView}
          />
          <Button onClick={() => download('query.csv', 'text/csv', csvOf(answer))}>CSV</Button>
          <Button onClick={() => download('query.json', 'application/json', jsonOf(answer))}>JSON</Button>
        </div>
      </div>
      {view === 'chart' ? (
        <ResultChart answer={answer} />
      ) : (
        <div className={styles['grid']}>
          <DataTable
            label="Rows of the answer"
            rows={rows}
            columns={columns}
            keyOf={({ index }) => index}
            minWidth={remOf(widthsOf(answer).reduce((sum, width) => sum + width + 2, 2))}
            sort={sort}
            onSort={setSort}
            opened={opened}
            onOpen={({ index }) => setOpened(index)}
            empty={<Empty title="No rows">The query was answered, and nothing is like that.</Empty>}
          />
          {record === undefined ? null : (
            <RecordPanel columns={answer.columns} cells={record.cells} onClose={() => setOpened(undefined)} />
          )}
        </div>
      )}
    </div>
  );
}

function columnsOf(answer: Answer): readonly TableColumn<Row>[] {
  const kinds = kindsOf(answer);
  const widths = widthsOf(answer);
  return answer.columns.map((title, at): TableColumn<Row> => {
    const kind = kinds[at] ?? 'text';
    const width = widths[at] ?? 0;
    return {
      // Two columns may have one name.
      ...{ id: String(at), title, width: `minmax(${remOf(width)}, ${width}fr)` },
      ...(kind === 'text' ? {} : { align: 'right' as const }),
      cell: ({ cells }) => <Value cell={cells[at]} kind={kind} />,
      sortBy: ({ cells }) => sortValue(cells[at]),
    };
  });
}

/** So many letters; in a unit that is the same in heads and rows, whose fonts are not. */
function remOf(letters: number): string {
  return `${(letters * 0.475).toFixed(2)}rem`;
}

function Value({ cell, kind }: { readonly cell: Cell | undefined; readonly kind: ColumnKind }) {
  if (cell === null || cell === undefined) return <span className={styles['null']}>NULL</span>;
  const text = cellText(cell);
  return (
    <span className="mono" title={kind === 'time' && typeof cell === 'number' ? moment(cell) : text}>
      {text}
    </span>
  );
}

function sortValue(cell: Cell | undefined): string | number | null {
  if (cell === undefined) return null;
  return typeof cell === 'object' && cell !== null ? cell.blob : cell;
}
