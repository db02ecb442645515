import type { SwarmEvent, SwarmState } from '../../live/swarm-state.ts';
import { partsOf } from '../../ui/format.ts';
import type { MessageKind } from './message-kinds.ts';

/** Where a message goes along: a drone's wire up to the control plane or down from it, or one of the other links. */
export type Way = 'up' | 'down' | 'orders' | 'publish' | 'fetch';

/** Something that goes from one part of the swarm to another. */
export type Message = {
  readonly kind: MessageKind;
  readonly way: Way;
  /** Whose wire it takes; null on the other links. */
  readonly drone: string | null;
  readonly says: string;
};

/** What was known when messages were last looked for. */
export type Seen = {
  readonly event: number | null;
  /** When each drone was heard of. */
  readonly heard: ReadonlyMap<string, number>;
  /** Builds of which the package is on its way. */
  readonly uploading: ReadonlySet<number>;
};

type Known = Pick<SwarmState, 'events' | 'nodes' | 'builds'>;

/** So many events at once are a jump in time and not what happens. */
const JUMP = 200;

/** Remembers as much of the swarm as it takes to tell what is new. */
export function lookAt({ events, nodes, builds }: Known): Seen {
  return {
    event: events.at(-1)?.id ?? null,
    heard: new Map([...nodes.values()].map((node) => [node.id, node.last_seen])),
    uploading: new Set([...builds.values()].filter(isUploading).map(({ attempt }) => attempt)),
  };
}

/** What went over the wires since then. Nothing where time went back or jumped. */
export function messagesSince(seen: Seen, { events, nodes, builds }: Known): readonly Message[] {
  const last = events.at(-1)?.id ?? null;
  if (seen.event === null || last === null || last < seen.event || last - seen.event > JUMP) return [];
  const { event } = seen;
  const ids = new Map([...nodes.values()].map((node) => [node.name, node.id]));
  const uploads = [...builds.values()].filter((build) => isUploading(build) && !seen.uploading.has(build.attempt));
  const heard = [...nodes.values()].filter(({ id, last_seen: at }) => at > (seen.heard.get(id) ?? at));
  return [
    ...heard.map(({ id }): Message => ({ kind: 'heartbeat', way: 'up', drone: id, says: 'heartbeat' })),
    ...uploads.map(
      ({ drone_id: drone, package: name }): Message => ({
        kind: 'upload',
        way: 'up',
        drone,
        says: `uploads ${short(name)}`,
      }),
    ),
    ...events.filter(({ id }) => id > event).flatMap((each) => messagesOf(each, ids)),
  ];
}

function isUploading({ phase }: { readonly phase: string }): boolean {
  return phase === 'upload';
}

function messagesOf({ type, message, details }: SwarmEvent, ids: ReadonlyMap<string, string>): readonly Message[] {
  const [name, called] = [details['package'], details['drone']];
  const what = typeof name === 'string' ? short(name) : '';
  const drone = typeof called === 'string' ? (ids.get(called) ?? null) : null;
  if (type === 'queue' || type === 'control') return [{ kind: 'order', way: 'orders', drone: null, says: message }];
  if (drone === null) return [];
  const up = (kind: MessageKind, says: string): Message => ({ kind, way: 'up', drone, says });
  const down = (kind: MessageKind, says: string): Message => ({ kind, way: 'down', drone, says });
  switch (type) {
    case 'register':
      return [up('join', 'came online')];
    case 'assign':
      return [down('work', `gets ${what}`)];
    case 'complete':
      return [up('complete', `built ${what}`), { kind: 'publish', way: 'publish', drone: null, says: what }];
    case 'fail':
      return [up('fail', `failed ${what}`)];
    case 'refused':
      return [down('fail', `${what} was refused`)];
    case 'return':
      return [up('back', `gave ${what} back`)];
    case 'reclaim':
      return [down('back', `${what} was taken from it`)];
    case 'grounded':
    case 'disabled':
      return [down('back', message)];
    default:
      return [];
  }
}

/** Without category and version. */
function short(name: string): string {
  return partsOf(name).name;
}
