import { useEffect, useRef, useState } from 'react';
import { useSwarm } from '../../live/use-swarm.ts';
import type { MessageKind } from './message-kinds.ts';
import { lookAt, type Message, messagesSince, type Seen } from './messages.ts';

/** What went over the wires lately. */
export type Traffic = {
  /** Messages of a kind in the last minute. */
  readonly count: (kind: MessageKind) => number;
  /** What went to or from a drone last, and when: milliseconds of this browser. */
  readonly lastOf: (drone: string) => { readonly says: string; readonly at: number } | undefined;
};

const MINUTE_MS = 60_000;
/** Nobody may be looking at the counts for long. */
const MOST = 20_000;

/** Tells of each message once, as the swarm that is shown changes; counts them all. */
export function useMessages(onMessages: (messages: readonly Message[]) => void): Traffic & { readonly note: Note } {
  const events = useSwarm('events');
  const nodes = useSwarm('nodes');
  const builds = useSwarm('builds');
  const seen = useRef<Seen>(undefined);
  const [told] = useState(createTraffic);
  useEffect(() => {
    const known = { events, nodes, builds };
    const messages = seen.current === undefined ? [] : messagesSince(seen.current, known);
    seen.current = lookAt(known);
    if (messages.length === 0) return;
    told.note(messages);
    onMessages(messages);
  }, [events, nodes, builds, onMessages, told]);
  return told;
}

type Note = (messages: readonly Message[]) => void;

function createTraffic(): Traffic & { readonly note: Note } {
  const times = new Map<MessageKind, number[]>();
  const last = new Map<string, { says: string; at: number }>();
  return {
    note: (messages) => {
      const at = Date.now();
      for (const { kind, drone, says } of messages) {
        const mine = times.get(kind) ?? [];
        times.set(kind, mine);
        mine.push(at);
        if (mine.length > MOST) mine.splice(0, mine.length / 2);
        if (drone !== null && kind !== 'heartbeat') last.set(drone, { says, at });
      }
    },
    count: (kind) => {
      const mine = times.get(kind) ?? [];
      const young = mine.findIndex((time) => Date.now() - time < MINUTE_MS);
      mine.splice(0, young === -1 ? mine.length : young);
      return mine.length;
    },
    lastOf: (drone) => last.get(drone),
  };
}
