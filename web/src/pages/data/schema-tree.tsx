import { useMemo, useState } from 'react';
import { number } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { SearchField } from '../../ui/toolbar.tsx';
import styles from './data.module.css';
import type { Table } from './schema.ts';

type Props = {
  readonly tables: readonly Table[];
  /** Look into a table. */
  readonly onOpen: (table: string) => void;
  /** Put a name where the query is written. */
  readonly onName: (name: string) => void;
};

/** The tables with their rows and columns; a table is looked into by a click, a column is put into the query. */
export function SchemaTree({ tables, onOpen, onName }: Props) {
  const [word, setWord] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => matching(tables, word.trim().toLowerCase()), [tables, word]);
  const toggle = (name: string) =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(name)) after.add(name);
      return after;
    });
  return (
    <div className={styles['tree']}>
      <SearchField label="Tables and columns" value={word} onChange={setWord} />
      <ul className={styles['tables']} aria-label="Tables">
        {shown.map(({ name, rows, columns }) => {
          const isOpen = open.has(name) || (word.trim() !== '' && !name.includes(word.trim().toLowerCase()));
          return (
            <li key={name}>
              <div className={styles['tableLine']}>
                <button
                  type="button"
                  className={`${styles['fold']} ${isOpen ? styles['unfolded'] : ''}`}
                  aria-expanded={isOpen}
                  aria-label={`Columns of ${name}`}
                  onClick={() => toggle(name)}
                >
                  <Icon name="right" size={12} />
                </button>
                <button
                  type="button"
                  className={styles['tableName']}
                  title={`Look into ${name}`}
                  onClick={() => onOpen(name)}
                >
                  {name}
                </button>
                <span className="dim">{rows === undefined ? '' : number(rows)}</span>
              </div>
              {isOpen ? (
                <ul className={styles['fields']}>
                  {columns.map((column) => (
                    <li key={column.name}>
                      <button
                        type="button"
                        title={`Put ${column.name} into the query`}
                        onClick={() => onName(column.name)}
                      >
                        {column.name}
                      </button>
                      <span className="dim">
                        {column.isKey ? 'key ' : ''}
                        {column.type.toLowerCase()}
                      </span>
                    </li>
                  ))}
                </ul>
              ) : null}
            </li>
          );
        })}
      </ul>
      {shown.length === 0 ? <p className="dim">No table is called that.</p> : null}
    </div>
  );
}

function matching(tables: readonly Table[], word: string): readonly Table[] {
  if (word === '') return tables;
  return tables.flatMap((table) => {
    if (table.name.toLowerCase().includes(word)) return [table];
    const columns = table.columns.filter(({ name }) => name.toLowerCase().includes(word));
    return columns.length === 0 ? [] : [{ ...table, columns }];
  });
}
