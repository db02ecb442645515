const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });

/** A moment as people say it: `14:03:22` and `today`, `of yesterday` or `of Tue, Nov 18`. Unix seconds. */
export function momentWords(at: number, now: number): { readonly clock: string; readonly day: string } {
  const [then, today, yesterday] = [at, now, now].map((seconds) => new Date(seconds * 1000)) as [Date, Date, Date];
  yesterday.setDate(yesterday.getDate() - 1);
  const date = then.toDateString();
  const day =
    date === today.toDateString()
      ? 'today'
      : date === yesterday.toDateString()
        ? 'of yesterday'
        : `of ${DAY.format(then)}`;
  return { clock: CLOCK.format(then), day };
}

/** A field of a form for date and time has it so: local, to the second. */
export function fieldOf(at: number): string {
  const date = new Date((at - new Date(at * 1000).getTimezoneOffset() * 60) * 1000);
  return date.toISOString().slice(0, 19);
}

/** Unix seconds of what such a field has; undefined while it has none. */
export function timeOfField(text: string): number | undefined {
  const time = new Date(text).getTime() / 1000;
  return Number.isFinite(time) ? time : undefined;
}
