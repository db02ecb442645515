import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { moment } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import styles from './data.module.css';
import { type Cell, cellText, kindsOf } from './results.ts';

type Props = { readonly columns: readonly string[]; readonly cells: readonly Cell[]; readonly onClose: () => void };

/** One row with all of its values in full. */
export function RecordPanel({ columns, cells, onClose }: Props) {
  const kinds = kindsOf({ columns, rows: [cells] });
  return (
    <aside className={styles['record']} aria-label="The row in full">
      <header>
        <h2>Row</h2>
        <Button small look="ghost" aria-label="Close" icon={<Icon name="close" />} onClick={onClose} />
      </header>
      <dl>
        {columns.map((name, at) => {
          const cell = cells[at] ?? null;
          const text = cellText(cell);
          return (
            <div key={`${at} ${name}`}>
              <dt>
                {name}
                {cell === null ? null : <Copy text={text} />}
              </dt>
              <dd className={cell === null ? styles['null'] : 'mono'}>
                {prettyText(text)}
                {kinds[at] === 'time' && typeof cell === 'number' ? (
                  <span className="dim"> · {moment(cell)}</span>
                ) : null}
              </dd>
            </div>
          );
        })}
      </dl>
    </aside>
  );
}

/** JSON is read more easily with a line for each thing. */
function prettyText(text: string): string {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
