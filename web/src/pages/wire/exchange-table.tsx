import { type UIEvent, useMemo, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { count, number } from '../../ui/format.ts';
import { Empty } from '../../ui/notice.tsx';
import type { Exchange } from './exchange.ts';
import type { useExchanges } from './use-exchanges.ts';
import styles from './wire.module.css';
import { wireColumns } from './wire-columns.tsx';
import { isFiltered, type WireSearch } from './wire-search.ts';

type Props = {
  readonly exchanges: ReturnType<typeof useExchanges>;
  /** Of drones, by their ids. */
  readonly names: ReadonlyMap<string, string>;
  readonly search: WireSearch;
  readonly onOpen: (id: number) => void;
};

const AT_TOP_PX = 8;
/** So near to the end older ones are loaded. */
const NEAR_END_PX = 600;

/** The table. While somebody looks further down, new ones wait above, so that nothing moves under the eyes. */
export function ExchangeTable({ exchanges, names, search, onOpen }: Props) {
  const { rows, hasOlder, isLoadingOlder, loadOlder } = exchanges;
  const place = useRef<HTMLDivElement>(null);
  const [heldAt, setHeldAt] = useState<number>();
  const columns = useMemo(() => wireColumns(names), [names]);
  const shown = useMemo(() => (heldAt === undefined ? rows : rows.filter(({ id }) => id <= heldAt)), [rows, heldAt]);
  const waiting = rows.length - shown.length;
  const onScroll = ({ target }: UIEvent) => {
    if (!(target instanceof HTMLElement)) return;
    const { scrollTop, scrollHeight, clientHeight } = target;
    if (scrollTop <= AT_TOP_PX) setHeldAt(undefined);
    else if (heldAt === undefined) setHeldAt(rows[0]?.id);
    if (hasOlder && !isLoadingOlder && scrollTop + clientHeight > scrollHeight - NEAR_END_PX) loadOlder();
  };
  return (
    <div className={styles['table']} ref={place} onScrollCapture={onScroll}>
      <DataTable
        label="Exchanges"
        rows={shown}
        columns={columns}
        keyOf={keyOf}
        onOpen={({ id }) => onOpen(id)}
        opened={search.open}
        empty={
          <Empty title={isFiltered(search) ? 'No exchange is like that' : 'Nothing was said yet'}>
            {isFiltered(search)
              ? 'Change or clear what is asked for above.'
              : 'As soon as a drone or a program talks to the control plane, it is here.'}
          </Empty>
        }
      />
      <p className={styles['foot']} aria-live="off">
        <span>
          {number(shown.length)}
          {hasOlder ? ' and older ones' : ` ${shown.length === 1 ? 'exchange' : 'exchanges'}`}
        </span>
        {waiting === 0 ? null : (
          <Button
            small
            look="primary"
            onClick={() => {
              setHeldAt(undefined);
              place.current?.querySelector('[role=grid]')?.scrollTo(0, 0);
            }}
          >
            {count(waiting, 'new one')}
          </Button>
        )}
        {hasOlder ? (
          <Button small look="ghost" busy={isLoadingOlder} onClick={loadOlder}>
            Load older
          </Button>
        ) : null}
      </p>
    </div>
  );
}

function keyOf({ id }: Exchange): number {
  return id;
}
