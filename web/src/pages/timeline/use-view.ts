import { useEffect, useState } from 'react';
import type { Range } from './view-range.ts';
import type { ViewStore } from './view-store.ts';

const SETTLED_MS = 250;
/** Figures beside the chart follow the time so often. */
const FOLLOW_MS = 2_000;

export type SettledView = { readonly range: Range; readonly isFollowing: boolean };

/** What is shown, once it has come to rest: for what is too slow to change with each frame. */
export function useSettledView(view: ViewStore): SettledView {
  const [shown, setShown] = useState(() => look(view));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (waitMs: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        setShown(look(view));
        if (view.isFollowing()) settle(FOLLOW_MS);
      }, waitMs);
    };
    settle(0);
    const stop = view.subscribe(() => settle(SETTLED_MS));
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [view]);
  return shown;
}

function look(view: ViewStore): SettledView {
  return { range: view.range(), isFollowing: view.isFollowing() };
}
