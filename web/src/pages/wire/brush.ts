/** A part of a time, in Unix seconds. */
export type Range = { readonly start: number; readonly end: number };

/** A shorter one is a click, which chooses nothing. */
const LEAST_SHARE = 0.004;

/** Where in a range a time is, from 0 to 1. */
export function shareOf(time: number, { start, end }: Range): number {
  return Math.max(0, Math.min(1, (time - start) / Math.max(1e-9, end - start)));
}

/** The time that is between two places of a range (from 0 to 1, in any order); undefined when they are too close. */
export function rangeBetween(a: number, b: number, { start, end }: Range): Range | undefined {
  if (Math.abs(a - b) < LEAST_SHARE) return undefined;
  const at = (share: number) => Math.round((start + share * (end - start)) * 10) / 10;
  return { start: at(Math.min(a, b)), end: at(Math.max(a, b)) };
}

/** A chosen time with one of its ends moved, no further than the range and the other end. */
export function moveEnd(chosen: Range, which: 'start' | 'end', by: number, { start, end }: Range): Range {
  const round = (time: number) => Math.round(time * 10) / 10;
  return which === 'start'
    ? { ...chosen, start: round(Math.max(start, Math.min(chosen.end - 1, chosen.start + by))) }
    : { ...chosen, end: round(Math.min(end, Math.max(chosen.start + 1, chosen.end + by))) };
}
