import { duration } from '../../ui/format.ts';

/** A bin of a histogram by its bounds: `2 to 5 min`. Seconds. */
export function binLabel({
  from_s: from,
  to_s: to,
}: {
  readonly from_s: number;
  readonly to_s: number | null;
}): string {
  if (to === null) return `over ${short(from)}`;
  return from === 0 ? `under ${short(to)}` : `${short(from)} – ${short(to)}`;
}

/** `30s`, `5m`, `2h`: without what is nought. */
function short(seconds: number): string {
  return duration(seconds).replace(/ 0[smh]$/, '');
}

/** Of newer against older builds: `12% slower`, `as before`. */
export function trendText(trend: number | null): string {
  if (trend === null) return '–';
  const percent = Math.round(100 * (trend - 1));
  if (Math.abs(percent) < 3) return 'as before';
  return percent > 0 ? `${percent}% slower` : `${-percent}% faster`;
}

/** The colour of a change that matters: slower is a warning. */
export function trendColour(trend: number | null): string {
  if (trend === null || Math.abs(trend - 1) < 0.1) return 'var(--text-2)';
  return trend > 1 ? 'var(--blocked)' : 'var(--received)';
}

/** The commonest so many, and all others as one. */
export function commonest<Each extends { readonly failed: number; readonly course: readonly number[] }>(
  classes: readonly Each[],
  amount: number,
): { readonly shown: readonly Each[]; readonly others: readonly number[] | undefined } {
  const rest = classes.slice(amount);
  if (rest.length === 0) return { shown: classes, others: undefined };
  const slices = rest[0]?.course.length ?? 0;
  const others = Array.from({ length: slices }, (_, index) =>
    rest.reduce((sum, { course }) => sum + (course[index] ?? 0), 0),
  );
  return { shown: classes.slice(0, amount), others };
}
