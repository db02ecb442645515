import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import styles from './data-table.module.css';
import { GroupRow, Head, rowIndexAt, TableRow } from './data-table-row.tsx';
import {
  type Grouping,
  itemsOf,
  type RowKey,
  type Sort,
  sortRows,
  type TableColumn,
  type TableItem,
} from './table-rows.ts';

export type { Grouping, RowKey, Sort, TableColumn } from './table-rows.ts';

type Props<Row> = {
  readonly label: string;
  readonly rows: readonly Row[];
  /** Drawn rows are drawn again only when these are other ones: make them once. */
  readonly columns: readonly TableColumn<Row>[];
  readonly keyOf: (row: Row) => RowKey;
  readonly sort?: Sort | undefined;
  readonly onSort?: (sort: Sort) => void;
  /** Parts that can be folded, each under its head. */
  readonly group?: Grouping<Row> | undefined;
  /** The head of a part; its key unless given. */
  readonly groupTitle?: (key: string) => ReactNode;
  /** Enter, or a click. */
  readonly onOpen?: (row: Row) => void;
  /** Which rows are marked; with `onSelect` each row has a box. */
  readonly selected?: ReadonlySet<RowKey>;
  readonly onSelect?: (keys: ReadonlySet<RowKey>) => void;
  readonly opened?: RowKey | undefined;
  /** Scrolls to the side where there is less room: `60ch`. */
  readonly minWidth?: string;
  /** Stands instead of rows where there are none. */
  readonly empty: ReactNode;
};

const ROW_PX = 34;
const TOUCHED_ROW_PX = 44;
const PAGE_ROWS = 20;

/**
 * A table of any length: only the rows in sight are drawn. Arrow keys move, Enter opens, blank marks, right and left
 * unfold and fold.
 */
export function DataTable<Row>(props: Props<Row>) {
  const { label, rows, columns, keyOf, sort, onSort, group, groupTitle, onOpen, selected, onSelect, opened } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [rowPx] = useState(() => (matchMedia('(pointer: coarse)').matches ? TOUCHED_ROW_PX : ROW_PX));
  const sorted = useMemo(
    () => sortRows(rows, columns.find((column) => column.id === sort?.by)?.sortBy, sort?.isDown === true),
    [rows, columns, sort?.by, sort?.isDown],
  );
  const items = useMemo(() => itemsOf(sorted, group), [sorted, group]);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 8,
    // The head stays on top of what is scrolled to.
    scrollPaddingStart: rowPx,
  });
  const [at, setAt] = useState<RowKey>();
  const indexOf = (key: RowKey | undefined) =>
    key === undefined ? -1 : items.findIndex((item) => keyOfItem(item, keyOf) === key);
  const move = (to: number) => {
    const next = Math.max(0, Math.min(items.length - 1, to));
    const item = items[next];
    if (item === undefined) return;
    setAt(keyOfItem(item, keyOf));
    virtual.scrollToIndex(next);
  };
  useShown(opened, (key) => {
    setAt(key);
    const index = indexOf(key);
    if (index >= 0) virtual.scrollToIndex(index);
  });
  // In another order the beginning is what is looked for; the first drawing stays where it is opened.
  const order = useRef({ by: sort?.by, isDown: sort?.isDown, group: group?.by });
  useEffect(() => {
    const before = order.current;
    if (before.by === sort?.by && before.isDown === sort?.isDown && before.group === group?.by) return;
    order.current = { by: sort?.by, isDown: sort?.isDown, group: group?.by };
    virtual.scrollToOffset(0);
  }, [sort?.by, sort?.isDown, group?.by, virtual]);
  const lastMarked = useRef<number>(undefined);
  const mark = (row: Row, isRange: boolean) => {
    const keys = new Set(selected);
    const index = sorted.indexOf(row);
    const from = isRange && lastMarked.current !== undefined ? lastMarked.current : index;
    const isMarking = !keys.has(keyOf(row));
    for (const each of sorted.slice(Math.min(from, index), Math.max(from, index) + 1)) {
      if (isMarking) keys.add(keyOf(each));
      else keys.delete(keyOf(each));
    }
    lastMarked.current = index;
    onSelect?.(keys);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Keys of boxes, links and buttons within are theirs.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const now = indexOf(at);
    const item = items[now];
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowDown: now + 1, ArrowUp: now - 1, PageDown: now + PAGE_ROWS, PageUp: now - PAGE_ROWS },
      ...{ Home: 0, End: items.length - 1 },
    };
    const to = steps[event.key];
    if (to !== undefined) move(to);
    else if (item?.kind === 'group') {
      if (!isFoldKey(event.key, item.isFolded)) return;
      group?.onFold(item.key);
    } else if (item === undefined) return;
    else if (event.key === 'Enter') onOpen?.(item.row);
    else if (event.key === ' ' && onSelect !== undefined) mark(item.row, event.shiftKey);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const item = items[rowIndexAt(event.target) ?? -1];
    if (item?.kind !== 'row') return;
    setAt(keyOf(item.row));
    onOpen?.(item.row);
  };
  const latestMark = useRef(mark);
  useEffect(() => {
    latestMark.current = mark;
  });
  const hasBoxes = onSelect !== undefined;
  return (
    <div
      className={styles['frame']}
      style={{ ...templates(columns, hasBoxes), ['--table-min' as string]: props.minWidth ?? '0' }}
    >
      <div
        className={styles['scroller']}
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={items.length + 1}
        aria-activedescendant={indexOf(at) < 0 ? undefined : `${id}-${String(at)}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <div className={styles['head']} role="row" aria-rowindex={1}>
          {hasBoxes ? <MarkAll rows={sorted} keyOf={keyOf} selected={selected} onSelect={onSelect} /> : null}
          {columns.map((column) => (
            <Head key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
        <div className={styles['body']} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const item = items[index];
            if (item === undefined) return null;
            const key = keyOfItem(item, keyOf);
            const place = { id: `${id}-${String(key)}`, index, start, height: rowPx, isAt: key === at };
            return item.kind === 'group' ? (
              <GroupRow key={key} place={place} item={item} title={groupTitle} onFold={group?.onFold} />
            ) : (
              <TableRow
                key={key}
                {...place}
                row={item.row}
                columns={columns}
                mark={latestMark}
                isOpening={onOpen !== undefined}
                isOpened={key === opened}
                isMarked={hasBoxes ? selected?.has(key) === true : undefined}
              />
            );
          })}
        </div>
      </div>
      {items.length === 0 ? <div className={styles['empty']}>{props.empty}</div> : null}
    </div>
  );
}

function isFoldKey(key: string, isFolded: boolean): boolean {
  return key === 'Enter' || key === ' ' || key === (isFolded ? 'ArrowRight' : 'ArrowLeft');
}

/** Tells once of each other key. */
function useShown(opened: RowKey | undefined, show: (key: RowKey) => void): void {
  const shown = useRef<RowKey>(undefined);
  useEffect(() => {
    if (shown.current === opened) return;
    shown.current = opened;
    if (opened !== undefined) show(opened);
  });
}

/** Heads of parts have keys that no row has. */
function keyOfItem<Row>(item: TableItem<Row>, keyOf: (row: Row) => RowKey): RowKey {
  return item.kind === 'group' ? `group ${item.key}` : keyOf(item.row);
}

/** The columns where there is room, and where there is little. */
function templates<Row>(columns: readonly TableColumn<Row>[], hasBoxes: boolean) {
  const of = (some: readonly TableColumn<Row>[]) =>
    `${hasBoxes ? '1.5rem ' : ''}${some.map(({ width }) => width).join(' ')}`;
  return {
    ['--columns' as string]: of(columns),
    ['--columns-middle' as string]: of(columns.filter(({ isExtra }) => isExtra !== 'first')),
    ['--columns-narrow' as string]: of(columns.filter(({ isExtra }) => isExtra === undefined || isExtra === false)),
  };
}

type MarkAllProps<Row> = {
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => RowKey;
  readonly selected: ReadonlySet<RowKey> | undefined;
  readonly onSelect: (keys: ReadonlySet<RowKey>) => void;
};

function MarkAll<Row>({ rows, keyOf, selected, onSelect }: MarkAllProps<Row>) {
  const box = useRef<HTMLInputElement>(null);
  const marked = selected?.size ?? 0;
  const isAll = rows.length > 0 && marked >= rows.length;
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = marked > 0 && !isAll;
  }, [marked, isAll]);
  return (
    <span className={styles['box']} role="columnheader">
      <input
        ref={box}
        type="checkbox"
        aria-label="Mark all"
        checked={isAll}
        onChange={(event) => onSelect(new Set(event.target.checked ? rows.map(keyOf) : []))}
      />
    </span>
  );
}
