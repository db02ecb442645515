import type { NotificationKind } from './notification.ts';

/** Something that people are told; Unix milliseconds. */
export type Notification = {
  readonly id: number;
  readonly kind: NotificationKind | 'test';
  readonly title: string;
  readonly text: string;
  readonly at: number;
  readonly details: Readonly<Record<string, unknown>>;
};

/** What goes out by one way at once: one notification, or several together. */
export type Message = {
  /** The same whenever it is tried. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly items: readonly Notification[];
  /** Whether it can wait until somebody is awake. */
  readonly isUrgent: boolean;
};

const KIND_WORDS: Readonly<Record<Notification['kind'], readonly [string, string]>> = {
  drone_down: ['drone down', 'drones down'],
  drone_back: ['drone back', 'drones back'],
  drone_help: ['drone needs somebody', 'drones need somebody'],
  session_done: ['session done', 'sessions done'],
  package_blocked: ['package blocked', 'packages blocked'],
  disk_low: ['disk low', 'disks low'],
  test: ['test', 'tests'],
};

const URGENT: ReadonlySet<Notification['kind']> = new Set(['drone_down', 'drone_help', 'disk_low']);
/** So many are written out; more are counted. */
const WRITTEN_OUT = 25;

/** One message of all of these; there is at least one. */
export function messageOf(items: readonly Notification[]): Message {
  const [first] = items;
  const id = `n-${items.map((item) => item.id).join('-')}`.slice(0, 100);
  const isUrgent = items.some(({ kind }) => URGENT.has(kind));
  if (first !== undefined && items.length === 1) return { id, title: first.title, text: first.text, items, isUrgent };
  const lines = items.slice(0, WRITTEN_OUT).map(({ title, text }) => `${title}: ${text.split('\n')[0]}`);
  const more = items.length > WRITTEN_OUT ? [`and ${items.length - WRITTEN_OUT} more`] : [];
  return { id, title: countsOf(items), text: [...lines, ...more].join('\n'), items, isUrgent };
}

/** `2 drones down, 17 packages blocked` */
function countsOf(items: readonly Notification[]): string {
  const counts = new Map<Notification['kind'], number>();
  for (const { kind } of items) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${KIND_WORDS[kind][count === 1 ? 0 : 1]}`).join(', ');
}
