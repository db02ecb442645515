import type { NotificationKind, Tellable } from './notification.ts';

/** The words of a kind of notification; `{name}` stands for a fact. */
export type Template = { readonly title: string; readonly text: string };
export type Templates = Readonly<Record<NotificationKind, Template>>;

export const DEFAULT_TEMPLATES: Templates = {
  drone_down: {
    title: '{drone} is down',
    text: 'Nothing was heard of {drone} for {silent_s} s. What it was building is given to others when its lease is over.',
  },
  drone_back: { title: '{drone} is back', text: '{drone} is heard of again.' },
  drone_help: { title: '{drone} needs somebody', text: '{reason}' },
  session_done: {
    title: 'Session {session} is done',
    text: '{received} packages received, {failed} blocked or failed, {waiting} waiting on those.',
  },
  package_blocked: {
    title: '{package} is blocked',
    text: '{reason}. Why, and what would help: build-swarmv3 explain {package}',
  },
  disk_low: { title: 'Little room on {disk}', text: '{reason}' },
};

/** What may stand in braces, by kind. */
export const TEMPLATE_FACTS: Readonly<Record<NotificationKind, readonly string[]>> = {
  drone_down: ['drone', 'silent_s', 'message'],
  drone_back: ['drone', 'message'],
  drone_help: ['drone', 'reason', 'message'],
  session_done: ['session', 'received', 'failed', 'waiting', 'message'],
  package_blocked: ['package', 'class', 'reason', 'message'],
  disk_low: ['disk', 'free', 'reason', 'message'],
};

/** Names in braces that this kind has no fact for. */
export function unknownFacts(kind: NotificationKind, { title, text }: Template): string[] {
  const named = [...`${title} ${text}`.matchAll(PLACE)].map(([, name]) => name ?? '');
  return named.filter((name) => !TEMPLATE_FACTS[kind].includes(name));
}

const PLACE = /\{([a-z_]+)\}/g;
const MAX_TITLE = 200;
const MAX_TEXT = 2_000;

/** The words for something to be told. Facts are taken as they are: a brace in one stands for nothing. */
export function wordsFor({ kind, facts }: Tellable, templates: Templates): Template {
  const filled = (text: string) => text.replace(PLACE, (_whole, name: string) => facts[name] ?? '');
  const { title, text } = templates[kind];
  return { title: oneLine(filled(title)).slice(0, MAX_TITLE), text: filled(text).slice(0, MAX_TEXT) };
}

/** A title goes into headers, where a line feed would begin another one. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
}
