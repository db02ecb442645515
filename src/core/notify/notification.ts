import type { EventType, SwarmEvent } from '../events.ts';

/** What people may be told of by other ways than ours. */
export const NOTIFICATION_KINDS = [
  'drone_down',
  'drone_back',
  'drone_help',
  'session_done',
  'package_blocked',
  'disk_low',
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** Something to be told, with what its words are made of. */
export type Tellable = {
  readonly kind: NotificationKind;
  /** The drone that it is about; null where it is about none. */
  readonly drone: string | null;
  readonly facts: Readonly<Record<string, string>>;
};

/** What an event is to people who do not look; undefined where that is nothing. */
export function tellableIn(event: SwarmEvent): Tellable | undefined {
  const found = isTold(event.type) ? READERS[event.type](event) : undefined;
  if (found === undefined) return undefined;
  const drone = textOf(event.details['drone']);
  const facts = { ...found.facts, message: event.message };
  return { kind: found.kind, drone: drone === '' ? null : drone, facts };
}

type Found = { readonly kind: NotificationKind; readonly facts: Readonly<Record<string, string>> } | undefined;

const READERS = {
  offline: ({ details }: SwarmEvent): Found => {
    const silentS = Math.round(Number(details['silent_s'] ?? 0));
    return { kind: 'drone_down', facts: { drone: textOf(details['drone']), silent_s: `${silentS}` } };
  },
  register: ({ details }: SwarmEvent): Found => ({ kind: 'drone_back', facts: { drone: textOf(details['drone']) } }),
  disabled: ({ details, message }: SwarmEvent): Found => ({
    kind: 'drone_help',
    facts: { drone: textOf(details['drone']), reason: message },
  }),
  escalation: ({ details, message }: SwarmEvent): Found => {
    if (details['state'] === 'outage') return { kind: 'drone_help', facts: { drone: 'the fleet', reason: message } };
    if (details['state'] !== 'asked') return undefined;
    return { kind: 'drone_help', facts: { drone: textOf(details['drone']), reason: textOf(details['says']) } };
  },
  session: ({ details, message }: SwarmEvent): Found => {
    // One that is active again is no news.
    if (details['received'] === undefined) return undefined;
    const counts = { received: textOf(details['received']), failed: textOf(details['failed']) };
    return {
      kind: 'session_done',
      facts: { session: sessionName(message), ...counts, waiting: textOf(details['waiting']) },
    };
  },
  fail: ({ details, message, droneId, package: name }: SwarmEvent): Found => {
    // A single failure is tried again; only the end of all tries names no drone.
    if (droneId !== null || name === null) return undefined;
    return { kind: 'package_blocked', facts: { package: name, class: textOf(details['class']), reason: message } };
  },
  disk: ({ details, message }: SwarmEvent): Found => {
    if (details['is_over'] === true) return undefined;
    return {
      kind: 'disk_low',
      facts: { disk: textOf(details['disk']), free: textOf(details['free']), reason: message },
    };
  },
} satisfies Partial<Record<EventType, (event: SwarmEvent) => Found>>;

/** Types of the events that may be told; of others nobody is. */
export const TOLD_EVENTS = Object.keys(READERS) as (keyof typeof READERS)[];

function isTold(type: EventType): type is keyof typeof READERS {
  return Object.hasOwn(READERS, type);
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
}

function sessionName(message: string): string {
  return /^Session (.*) completed: /s.exec(message)?.[1] ?? message;
}
