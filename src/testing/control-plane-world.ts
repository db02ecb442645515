import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type SqliteStore } from '../adapters/sqlite/store.ts';
import type { Api } from '../contract/api.ts';
import type { ReplyOf } from '../contract/endpoint.ts';
import type { Plan } from '../contract/plan.ts';
import type { Policy } from '../core/policy.ts';
import type { AuthSettings } from '../http/auth.ts';
import { type ControlPlane, compose } from '../server/compose.ts';
import type { CareWays } from '../server/wire-care.ts';
import { defaultServerSettings, type ServerSettings } from '../settings/server-settings.ts';
import { tellTime } from './database-clock.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

/** An answer of the control plane: status and, where it is JSON, the body. */
export type Answer<T = Record<string, unknown>> = { readonly status: number; readonly body: T };

/** A control plane with a real database and real files, asked through its real routes without a socket. */
export type ControlPlaneWorld = {
  readonly dir: string;
  readonly clock: ManualClock;
  readonly plane: () => ControlPlane;
  readonly database: () => SqliteStore;
  get<T = Record<string, unknown>>(path: string): Promise<Answer<T>>;
  post<T = Record<string, unknown>>(path: string, body: unknown): Promise<Answer<T>>;
  remove<T = Record<string, unknown>>(path: string): Promise<Answer<T>>;
  /** Register a drone that knows attempts. */
  join(id: string, more?: Record<string, unknown>): Promise<void>;
  queuePlan(plan: Plan): Promise<ReplyOf<Api['queueAdd']>>;
  ask(id: string, holding?: readonly number[]): Promise<ReplyOf<Api['work']>>;
  upload(
    ...upload: [id: string, attempt: number, bytes: Buffer, sha256?: string, format?: 'gpkg' | 'xpak']
  ): Promise<Answer>;
  report(
    id: string,
    attempt: number,
    packageName: string,
    more?: Record<string, unknown>,
  ): Promise<ReplyOf<Api['complete']>>;
  queue(): Promise<ReplyOf<Api['queueList']>>;
  /** Stop answering without any farewell and start again on the same files. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

export type WorldFrame = {
  /** True unless told. */
  readonly checksReplies?: boolean;
  /** How drones are reached that do not go on. */
  readonly care?: CareWays;
};

const NOBODY_IS_ASKED: AuthSettings = { mode: 'off', allowsAnonymous: true };

/**
 * A fresh world; the caller closes it. Everybody may do everything unless `auth` says otherwise. Replies are checked
 * against their schemas unless told otherwise: only then drones that ask over the network get the quick lane.
 */
export async function controlPlaneWorld(
  policy: Partial<Policy> = {},
  auth: AuthSettings = NOBODY_IS_ASKED,
  change: (settings: ServerSettings) => ServerSettings = (settings) => settings,
  { checksReplies = true, care }: WorldFrame = {},
): Promise<ControlPlaneWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'control-plane-'));
  const clock = createManualClock();
  const defaults = defaultServerSettings(dir);
  let sessions = 0;
  const start = async () => {
    const database = openSqliteStore(join(dir, 'swarm.db'));
    tellTime(database.connection, clock);
    const plane = await compose({
      database,
      settings: change({
        ...defaults,
        policy: { ...defaults.policy, ...policy },
        auth,
        wire: { ...defaults.wire, isOn: false },
      }),
      clock,
      ids: { session: () => `s-${++sessions}` },
      version: '3.2.0',
      logger: false,
      port: () => 8100,
      checksReplies,
      care,
    });
    await plane.app.ready();
    await plane.recover();
    return { database, plane };
  };
  let running = await start();
  const world: ControlPlaneWorld = {
    dir,
    clock,
    plane: () => running.plane,
    database: () => running.database,
    get: (path) => inject(running.plane, { method: 'GET', url: path }),
    post: (path, body) => inject(running.plane, { method: 'POST', url: path, payload: payloadOf(body) }),
    remove: (path) => inject(running.plane, { method: 'DELETE', url: path }),
    join: async (id, more = {}) => {
      const capabilities = { cores: 4, slots: 1, attempts: true };
      const { status, body } = await world.post('/api/v1/register', {
        id,
        name: id,
        capabilities,
        running: [],
        ...more,
      });
      if (status !== 200) throw new Error(`${id} could not register: ${JSON.stringify(body)}`);
    },
    queuePlan: async (plan) => (await world.post<ReplyOf<Api['queueAdd']>>('/api/v1/queue', { plan })).body,
    ask: async (id, holding = []) =>
      (await world.get<ReplyOf<Api['work']>>(`/api/v1/work?id=${id}&holding=${holding.join(',')}`)).body,
    upload: (...[id, attempt, bytes, sha256 = createHash('sha256').update(bytes).digest('hex'), format = 'gpkg']) =>
      inject(running.plane, {
        method: 'PUT',
        url: `/api/v1/attempts/${attempt}/package?id=${id}&sha256=${sha256}&format=${format}`,
        payload: bytes,
      }),
    report: async (id, attempt, packageName, more = {}) =>
      (
        await world.post<ReplyOf<Api['complete']>>('/api/v1/complete', {
          id,
          attempt,
          package: packageName,
          status: 'success',
          ...more,
        })
      ).body,
    queue: async () => (await world.get<ReplyOf<Api['queueList']>>('/api/v1/queue')).body,
    restart: async () => {
      await running.plane.app.close();
      running.database.close();
      running = await start();
    },
    close: async () => {
      await running.plane.app.close();
      running.database.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return world;
}

type Injected = { method: 'GET' | 'POST' | 'PUT' | 'DELETE'; url: string; payload?: string | Buffer };

async function inject<T>({ app }: ControlPlane, request: Injected): Promise<Answer<T>> {
  const { statusCode, body } = await app.inject(request);
  if (statusCode === 500 && body.includes('the reply does not fit its schema')) throw new Error(body);
  // The caller knows which endpoint it asked, and with it the shape.
  return { status: statusCode, body: (body === '' ? {} : JSON.parse(body)) as T };
}

/** Buffers and texts go as they are, for requests that no client would send. */
function payloadOf(body: unknown): string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}
