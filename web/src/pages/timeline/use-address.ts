import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useRef } from 'react';
import type { TimelineSearch } from './timeline-search.ts';
import type { SettledView } from './use-view.ts';
import { spanOf } from './view-range.ts';
import type { ViewStore } from './view-store.ts';

/** Changes what the address says; it makes no entry in the history of the browser. */
export function useChange(): (next: TimelineSearch) => void {
  const navigate = useNavigate({ from: '/timeline' });
  return useCallback(
    (next) =>
      void navigate({
        to: '/timeline',
        search: (before: TimelineSearch) => ({ ...before, ...next }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
}

type Wish = {
  readonly search: TimelineSearch;
  readonly view: ViewStore;
  readonly settled: SettledView;
  readonly change: (next: TimelineSearch) => void;
};

/** The time that is shown is in the address once somebody has chosen it, and an address that was opened is shown. */
export function useRangeInAddress({ search, view, settled, change }: Wish): void {
  const written = useRef(`${search.from} ${search.to}`);
  const { from, to } = search;
  useEffect(() => {
    if (view.isUntouched()) return;
    const next = addressOf(settled);
    written.current = `${next.from} ${next.to}`;
    change(next);
  }, [settled, view, change]);
  useEffect(() => {
    if (`${from} ${to}` === written.current) return;
    written.current = `${from} ${to}`;
    if (from !== undefined && to !== undefined) view.open({ from, to });
  }, [from, to, view]);
}

function addressOf({ range, isFollowing }: SettledView): Pick<TimelineSearch, 'from' | 'to' | 'span'> {
  const span = spanOf(range);
  const exact = span < 120 ? 10 : 1;
  const rounded = (value: number) => Math.round(value * exact) / exact;
  return isFollowing
    ? { from: undefined, to: undefined, span: Math.round(span) }
    : { from: rounded(range.from), to: rounded(range.to), span: undefined };
}
