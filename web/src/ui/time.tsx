import { createContext, useContext, useSyncExternalStore } from 'react';
import { moment, relative } from './format.ts';

/** What tells the time, in Unix seconds. */
export type Clock = {
  readonly now: () => number;
  readonly subscribe: (listener: () => void) => () => void;
};

/** One clock for all that shows time: they are drawn together. */
export const presentClock: Clock = (() => {
  const listeners = new Set<() => void>();
  let now = Math.floor(Date.now() / 1000);
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    now: () => now,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      timer ??= setInterval(() => {
        now = Math.floor(Date.now() / 1000);
        for (const each of listeners) each();
      }, 1000);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
})();

/** What pages take for now: the time, or in a replay the moment that is shown. */
export const ClockContext = createContext(presentClock);

/** Unix seconds, drawn anew each second; in a replay the moment that is shown. */
export function useNow(): number {
  const { subscribe, now } = useContext(ClockContext);
  return useSyncExternalStore(subscribe, now);
}

/** As `useNow`, but in a replay too it is the time. */
export function useTime(): number {
  return useSyncExternalStore(presentClock.subscribe, presentClock.now);
}

/** How long ago, or until; date and time where the pointer rests. Unix seconds. */
export function Time({ at }: { readonly at: number | null | undefined }) {
  const now = useNow();
  if (at === null || at === undefined || at === 0) return <span className="dim">never</span>;
  return (
    <time dateTime={new Date(at * 1000).toISOString()} title={moment(at)}>
      {relative(at, now)}
    </time>
  );
}
