/** `8s`, `2m 5s`, `1h 4m`, `3d 2h`; whole seconds. `–` for what is not known. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
  const all = Math.max(0, Math.round(seconds));
  if (all < 60) return `${all}s`;
  if (all < 3600) return `${Math.floor(all / 60)}m ${all % 60}s`;
  if (all < 86_400) return `${Math.floor(all / 3600)}h ${Math.floor((all % 3600) / 60)}m`;
  return `${Math.floor(all / 86_400)}d ${Math.floor((all % 86_400) / 3600)}h`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const SHORT = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });
const NUMBER = new Intl.NumberFormat();

/** Date and time, of Unix seconds. */
export function moment(at: number): string {
  return MOMENT.format(at * 1000);
}

const DAY_S = 86_400;

/** A place on an axis of time whose labels are `stepS` seconds apart: no more than tells it from its neighbours. */
export function axisMoment(at: number, stepS: number): string {
  const date = new Date(at * 1000);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (stepS >= DAY_S || isMidnight) return date.toLocaleDateString([], { month: 'short', day: 'numeric' });
  const time = { hour: '2-digit', minute: '2-digit', hour12: false } as const;
  return date.toLocaleTimeString([], stepS < 60 ? { ...time, second: '2-digit' } : time);
}

/** Time of day where that is enough, else with the day of the week. Unix seconds. */
export function soonMoment(at: number, now = Date.now() / 1000): string {
  return Math.abs(at - now) < 18 * 3600
    ? CLOCK.format(at * 1000).replace(/:\d\d(?=\D*$)/, '')
    : SHORT.format(at * 1000);
}

/** `in 4m`, `12s ago`, of Unix seconds. */
export function relative(at: number, now = Date.now() / 1000): string {
  const seconds = at - now;
  if (Math.abs(seconds) < 5) return 'now';
  const text = duration(Math.abs(seconds)).replace(/(\d+[mhd]) .*/, '$1');
  return seconds > 0 ? `in ${text}` : `${text} ago`;
}

/** With separators of thousands. */
export function number(value: number): string {
  return NUMBER.format(value);
}

/** One decimal at most. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function bytes(size: number | null | undefined): string {
  if (size === null || size === undefined) return '–';
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, size)) / 10));
  const value = size / 1024 ** power;
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}

/** `1 package`, `3 packages`. */
export function count(amount: number, noun: string): string {
  return `${number(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}

/** A name may have digits after a hyphen too (`font-adobe-100dpi`): only what is a version at the end is one. */
const VERSIONED = /^(.+)-(\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\d*)*(?:-r\d+)?)$/;

/** Category, name and version of `=cat/name-1.2-r3`, as far as they can be told apart. */
export function partsOf(atom: string): { readonly category: string; readonly name: string; readonly version: string } {
  const [, category = '', rest = atom] = /^=?([^/]+)\/(.+)$/.exec(atom) ?? [];
  const [, name = rest, version = ''] = VERSIONED.exec(rest) ?? [];
  return { category, name, version };
}
