/** From when to when, Unix seconds. */
export type Range = { readonly from: number; readonly to: number };

const LEAST_SPAN_S = 1;
const MOST_SPAN_S = 400 * 24 * 3600;

export function spanOf({ from, to }: Range): number {
  return to - from;
}

/** Shows `factor` times as much time; `at` stays where it is. */
export function zoomed({ from, to }: Range, factor: number, at: number): Range {
  const span = Math.min(MOST_SPAN_S, Math.max(LEAST_SPAN_S, (to - from) * factor));
  const share = to > from ? (at - from) / (to - from) : 0.5;
  return { from: at - share * span, to: at + (1 - share) * span };
}

export function moved({ from, to }: Range, byS: number): Range {
  return { from: from + byS, to: to + byS };
}

/** Not so far away that nothing of `whole` can be seen. */
export function kept(range: Range, whole: Range): Range {
  const span = spanOf(range);
  const edge = 0.1 * span;
  if (range.from > whole.to - edge) return { from: whole.to - edge, to: whole.to - edge + span };
  if (range.to < whole.from + edge) return { from: whole.from + edge - span, to: whole.from + edge };
  return range;
}

/** All of it, with a little room. */
export function padded({ from, to }: Range): Range {
  const room = Math.max(LEAST_SPAN_S / 2, 0.02 * (to - from));
  return { from: from - room, to: to + room };
}

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];
const STEPS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR],
  ...[DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY],
];

export type Tick = { readonly at: number; readonly label: string; readonly isDay: boolean };

/**
 * Places for labels at least `apart` pixels from each other, at whole minutes, hours and days of the clock whose zone
 * is `zoneS` seconds ahead of UTC.
 */
export function ticksOf({ from, to }: Range, { width, apart, zoneS }: TickWish): readonly Tick[] {
  const least = ((to - from) / Math.max(1, width)) * apart;
  const step = STEPS.find((each) => each >= least) ?? 364 * DAY;
  const ticks: Tick[] = [];
  for (let local = Math.ceil((from + zoneS) / step) * step; local <= to + zoneS; local += step)
    ticks.push({ at: local - zoneS, label: labelOf(local, step), isDay: local % DAY === 0 });
  return ticks;
}

type TickWish = { readonly width: number; readonly apart: number; readonly zoneS: number };

const DAY_NAME = new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', month: 'short', day: 'numeric' });

function labelOf(local: number, step: number): string {
  if (local % DAY === 0) return DAY_NAME.format(local * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const time = `${two((local % DAY) / HOUR)}:${two((local % HOUR) / MINUTE)}`;
  return step < MINUTE ? `${time}:${two(local % MINUTE)}` : time;
}

/** How far the clock of this place is ahead of UTC then. */
export function zoneAt(at: number): number {
  return -60 * new Date(at * 1000).getTimezoneOffset();
}
