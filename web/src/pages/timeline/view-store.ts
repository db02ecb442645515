import { kept, moved, padded, type Range, spanOf, zoomed } from './view-range.ts';

/** What time is shown. It changes with each frame of a drag, so that it is no state of a component. */
export type ViewStore = {
  readonly range: () => Range;
  /** It moves on with the time. */
  readonly isFollowing: () => boolean;
  /** Nobody has moved it since it was opened. */
  readonly isUntouched: () => boolean;
  /** Opens it anew: at a time, at everything, or following. */
  readonly open: (at: Range | 'all' | { readonly spanS: number }) => void;
  readonly show: (range: Range) => void;
  /** From now on with the time; so many seconds of it. */
  readonly follow: (spanS?: number) => void;
  /** `factor` times as much time; `at` stays in its place, unless it follows. */
  readonly zoom: (factor: number, at?: number) => void;
  readonly pan: (byS: number) => void;
  readonly fit: () => void;
  /** All that there is: what `fit` shows, and beyond which nothing is shown. */
  readonly setWhole: (whole: Range) => void;
  readonly whole: () => Range;
  /** How much of what is shown is to come while it follows, 0 to 1. */
  readonly setAhead: (share: number) => void;
  readonly subscribe: (listener: () => void) => () => void;
};

type Start = { readonly now: () => number; readonly range?: Range | undefined; readonly spanS: number };

export function createViewStore({ now, range: first, spanS }: Start): ViewStore {
  const listeners = new Set<() => void>();
  let fixed = first;
  let span = spanS;
  let ahead = 0.05;
  let whole: Range = { from: now() - spanS, to: now() };
  let isUntouched = true;
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const range = (): Range => {
    if (fixed !== undefined) return fixed;
    const at = now();
    return { from: at - (1 - ahead) * span, to: at + ahead * span };
  };
  const show = (next: Range) => {
    isUntouched = false;
    fixed = kept(next, whole);
    span = spanOf(fixed);
    tell();
  };
  return {
    range,
    isFollowing: () => fixed === undefined,
    isUntouched: () => isUntouched,
    open: (at) => {
      if (at === 'all') show(padded(whole));
      else if ('spanS' in at) [fixed, span] = [undefined, at.spanS];
      else [fixed, span] = [at, spanOf(at)];
      isUntouched = true;
      tell();
    },
    show,
    follow: (spanOfIt = span) => {
      fixed = undefined;
      span = spanOfIt;
      isUntouched = false;
      tell();
    },
    zoom: (factor, at) => {
      const shown = range();
      isUntouched = false;
      if (fixed === undefined) span = spanOf(zoomed(shown, factor, shown.to));
      else fixed = kept(zoomed(fixed, factor, at ?? (fixed.from + fixed.to) / 2), whole);
      if (fixed !== undefined) span = spanOf(fixed);
      tell();
    },
    pan: (byS) => show(moved(range(), byS)),
    fit: () => show(padded(whole)),
    setWhole: (next) => {
      if (next.from === whole.from && next.to === whole.to) return;
      whole = next;
      tell();
    },
    whole: () => whole,
    setAhead: (share) => {
      if (share === ahead) return;
      ahead = share;
      tell();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
