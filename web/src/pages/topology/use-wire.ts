import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { api } from '../../api/api.ts';
import { useIsLive, useSwarm } from '../../live/use-swarm.ts';
import type { Message } from './messages.ts';

/** How long answers took, in milliseconds, and how many there were. */
export type Latency = { readonly count: number; readonly avg: number; readonly max: number };

export type Wire = {
  /** By the drone's id. */
  readonly drones: ReadonlyMap<string, Latency>;
  /** Questions of people and scripts: all but what drones say, and files of the binhost. */
  readonly questions: Latency | undefined;
  readonly fetches: Latency | undefined;
};

/** Measured over so long. */
export const WIRE_SECONDS = 120;
const EVERY_MS = 30_000;
const OF_DRONES = new Set(['register', 'work_request', 'complete', 'upload', 'log_append']);
/** They last as long as somebody looks. */
const OPEN = new Set(['stream']);
const NOTHING: Wire = { drones: new Map(), questions: undefined, fetches: undefined };

/** How long the control plane took to answer lately; nothing of a moment that is past. */
export function useWire(): Wire {
  const isLive = useIsLive();
  const { data } = useQuery({
    queryKey: ['wire-latency'],
    queryFn: () => api.protocolStats({ query: { since: Date.now() / 1000 - WIRE_SECONDS, drones: 'true' } }),
    refetchInterval: EVERY_MS,
    enabled: isLive,
    retry: false,
  });
  return useMemo(() => {
    if (!isLive || data === undefined) return NOTHING;
    const types = data.by_type.filter(({ msg_type: type }) => !OPEN.has(type));
    return {
      drones: new Map((data.by_drone ?? []).map((row) => [row.drone_id, latencyOf([row])] as const).flatMap(known)),
      questions: latencyOf(types.filter(({ msg_type: type }) => type !== 'binhost' && !OF_DRONES.has(type))),
      fetches: latencyOf(types.filter(({ msg_type: type }) => type === 'binhost')),
    };
  }, [isLive, data]);
}

function known<Key, Value>([key, value]: readonly [Key, Value | undefined]): readonly (readonly [Key, Value])[] {
  return value === undefined ? [] : [[key, value]];
}

type Row = { readonly count: number; readonly avg_latency: number; readonly max_latency: number };

function latencyOf(rows: readonly Row[]): Latency | undefined {
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  if (count === 0) return undefined;
  const avg = rows.reduce((sum, row) => sum + row.count * row.avg_latency, 0) / count;
  return { count, avg, max: Math.max(...rows.map((row) => row.max_latency)) };
}

const FETCHES = 100;

/**
 * Tells of files that were read from the binhost. Nobody announces them, so the protocol log is asked now and then,
 * and they are told of as far apart as they were.
 */
export function useFetches(onMessages: (messages: readonly Message[]) => void): void {
  const isLive = useIsLive();
  const nodes = useSwarm('nodes');
  const byAddress = useRef<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    byAddress.current = new Map([...nodes.values()].map((node) => [node.ip, node.id]));
  }, [nodes]);
  const { data } = useQuery({
    queryKey: ['wire-fetches'],
    queryFn: async () => {
      const since = Date.now() / 1000 - EVERY_MS / 1000;
      const query = { type: 'binhost', since_time: since, order: 'desc', limit: FETCHES } as const;
      return { since, entries: (await api.protocol({ query })).entries };
    },
    refetchInterval: EVERY_MS,
    enabled: isLive,
    retry: false,
  });
  useEffect(() => {
    if (!isLive || data === undefined) return;
    const timers = data.entries.map(({ timestamp, source_ip: ip, path }) => {
      const drone = byAddress.current.get(ip) ?? null;
      const says = `reads ${path.split('/').at(-1) ?? ''}`;
      const message: Message = { kind: 'fetch', way: drone === null ? 'fetch' : 'down', drone, says };
      return setTimeout(() => onMessages([message]), Math.max(0, timestamp - data.since) * 1000);
    });
    return () => {
      for (const timer of timers) clearTimeout(timer);
    };
  }, [isLive, data, onMessages]);
}
