/** What is replayed, and where in it: Unix seconds. */
export type ReplayWish = { readonly from: number; readonly to: number; readonly at: number };

const SECONDS = String.raw`(\d{9,10}(?:\.\d{1,3})?)`;
const WISH = new RegExp(`^${SECONDS}_${SECONDS}_${SECONDS}$`);
/** Around a moment that somebody only points at. */
const AROUND_S = 1_800;

/** The part of an address that says what is replayed; undefined for what is none. */
export function readWish(text: unknown): ReplayWish | undefined {
  const [, from = 0, to = 0, at = 0] = WISH.exec(typeof text === 'string' ? text : '')?.map(Number) ?? [];
  return to > from ? { from, to, at: Math.max(from, Math.min(to, at)) } : undefined;
}

/** As `readWish` reads it. */
export function wishText({ from, to, at }: ReplayWish): string {
  return [from, to, at].map((seconds) => String(Math.round(seconds * 1000) / 1000)).join('_');
}

/** The time around a moment, up to now. Unix seconds. */
export function wishAround(at: number, now: number): ReplayWish {
  return { from: at - AROUND_S, to: Math.max(at + 1, Math.min(now, at + AROUND_S)), at };
}

/** The search parameters that every page has. */
export type ShellSearch = {
  /** Pages show an earlier moment: which one, and of what time. */
  readonly replay?: string | undefined;
};

/** Reads an address that anybody may have written. */
export function shellSearch({ replay }: Record<string, unknown>): ShellSearch {
  const wish = readWish(replay);
  return wish === undefined ? {} : { replay: wishText(wish) };
}
