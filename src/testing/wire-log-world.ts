import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenWireLog, openWireLog, type WireLogOptions } from '../adapters/wire/wire-log.ts';
import type { Exchange, WireDetail, WireEntry, WireFilter } from '../app/wire-ports.ts';

/** The moment at which the exchanges of these tests end, in Unix milliseconds. */
export const WIRE_NOW = 1_795_420_800_000;

/** A protocol log with a real file and a real thread, in a directory of its own. */
export type WireLogWorld = {
  readonly path: string;
  /** What operators were told. */
  readonly troubles: readonly string[];
  log(): OpenWireLog;
  /** Record exchanges that are ordinary but for what is said. */
  record(...exchanges: readonly Partial<Exchange>[]): void;
  list(filter?: WireFilter, page?: { limit?: number; order?: 'asc' | 'desc' }): Promise<WireEntry[]>;
  /** The ids of the entries that fit. */
  ids(filter?: WireFilter, page?: { limit?: number; order?: 'asc' | 'desc' }): Promise<number[]>;
  detail(id: number): Promise<WireDetail | undefined>;
  /** Close it in an orderly way and open it again. */
  reopen(): Promise<void>;
  close(): Promise<void>;
};

/** A fresh world; the caller closes it. `prepare` gets the path, of which `options.path` is the end, before it is opened. */
export async function wireLogWorld(
  options: Partial<WireLogOptions> = {},
  prepare: (path: string) => void = () => {},
): Promise<WireLogWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'wire-log-'));
  const path = join(dir, options.path ?? 'protocol.db');
  const troubles: string[] = [];
  prepare(path);
  const open = () => openWireLog({ now: () => WIRE_NOW, onTrouble: (said) => troubles.push(said), ...options, path });
  let log = open();
  const world: WireLogWorld = {
    path,
    troubles,
    log: () => log,
    record: (...exchanges) => {
      for (const each of exchanges) log.record({ ...ORDINARY, ...each });
    },
    list: async (filter = {}, page = {}) => {
      const text = await log.list(filter, { limit: 200, order: 'asc', ...page });
      // The shape of a list; tests compare its fields.
      return (JSON.parse(text) as { entries: WireEntry[] }).entries;
    },
    ids: async (filter, page) => (await world.list(filter, page)).map(({ id }) => id),
    detail: (id) => log.detail(id),
    reopen: async () => {
      await log.close();
      log = open();
    },
    close: async () => {
      await log.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return world;
}

const ORDINARY: Exchange = {
  at: WIRE_NOW,
  latencyMs: 1.5,
  sourceIp: '192.0.2.1',
  method: 'GET',
  url: '/api/v1/status',
  status: 200,
  isAborted: false,
  actor: 'anyone',
  userAgent: 'test',
  requestBody: null,
  requestBytes: null,
  responseBody: '{"needed":1,"delegated":2,"received":3}',
  responseBytes: 39,
  responseType: 'application/json; charset=utf-8',
  count: null,
};

/** How a drone reports a build. */
export function completion(name: string, drone = 'd-1', more: Partial<Exchange> = {}): Partial<Exchange> {
  const requestBody = JSON.stringify({ id: drone, package: name, status: 'success', build_duration_s: 12.34 });
  return { method: 'POST', url: '/api/v1/complete', requestBody, responseBody: '{"accepted":true}', ...more };
}
