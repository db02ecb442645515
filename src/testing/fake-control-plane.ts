import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Api, api, type EndpointName } from '../contract/api.ts';
import type { Endpoint, ParsedRequestOf, ReplyOf } from '../contract/endpoint.ts';

export type FakeOrder = {
  readonly package: string;
  readonly dependencies?: readonly string[] | null;
  /** Further fields of the order. */
  readonly more?: { readonly timeout_s?: number; readonly silent_timeout_s?: number; readonly max_jobs?: number };
};

/** What the control plane knows of an attempt. */
export type FakeAttempt = {
  readonly attempt: number;
  readonly package: string;
  isCurrent: boolean;
  log: Buffer;
  /** Bytes of log as they came, repeats included. */
  logBytesReceived: number;
  /** The package as it arrived, once for each upload that was verified. */
  readonly uploads: Buffer[];
  readonly reports: ParsedRequestOf<Api['complete']>['body'][];
};

export type FakeRunning = NonNullable<ParsedRequestOf<Api['register']>['body']['running']>[number];

export type FakeControlPlane = {
  readonly url: string;
  readonly attempts: ReadonlyMap<number, FakeAttempt>;
  readonly registrations: readonly ParsedRequestOf<Api['register']>['body'][];
  /** How often each endpoint was asked, whatever it answered. */
  readonly calls: ReadonlyMap<EndpointName, number>;
  /** The token that each endpoint was shown with its last call. */
  readonly shown: ReadonlyMap<EndpointName, string | undefined>;
  queue(...orders: FakeOrder[]): void;
  queued(): readonly FakeOrder[];
  pause(isPaused: boolean): void;
  /** The attempt is not current any more: the drone is to hear of it, and must not be believed. */
  takeBack(attempt: number): void;
  /** The next calls of an endpoint are answered so, one entry for each. */
  answerNext(name: EndpointName, ...answers: readonly FakeAnswer[]): void;
  /** Nobody listens at the address any more; what is known stays. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** Resolves with the first truthy answer of `question`, which is asked again after every call. */
  when<T>(question: () => T | undefined | false): Promise<T>;
};

export type FakeAnswer = { readonly status: number; readonly body: unknown };

type Handlers = { [Name in EndpointName]?: (call: Call<Api[Name]>) => Promise<ReplyOf<Api[Name]>> };
type Call<E extends Endpoint> = ParsedRequestOf<E> & { readonly bytes: Buffer; readonly closed: AbortSignal };

class Refusal extends Error {
  readonly answer: FakeAnswer;

  constructor(status: number, error: string, more: Record<string, unknown> = {}) {
    super(error);
    this.answer = { status, body: { error, ...more } };
  }
}

/**
 * A control plane for tests of the drone: real sockets, the contract's own table of endpoints and
 * checks, and a queue without any planning. Close it with `goAway`.
 */
export async function startFakeControlPlane(): Promise<FakeControlPlane> {
  const attempts = new Map<number, FakeAttempt>();
  const registrations: ParsedRequestOf<Api['register']>['body'][] = [];
  const calls = new Map<EndpointName, number>();
  const shown = new Map<EndpointName, string | undefined>();
  const scripted = new Map<EndpointName, FakeAnswer[]>();
  const orders: FakeOrder[] = [];
  const grantedOrders = new Map<number, FakeOrder>();
  const watchers = new Set<() => void>();
  const state = { isPaused: false, nextAttempt: 1 };
  const changed = () => {
    for (const watcher of watchers) watcher();
  };

  const handlers: Handlers = {
    enroll: async ({ body }) => ({
      ...{ id: 'drone', role: 'drone', name: body.name, drone_id: body.id, token: `own-${calls.get('enroll')}` },
      ...{ created_at: 0, expires_at: null, revoked_at: null, last_used_at: null, uses_left: null, joined_with: null },
    }),
    register: async ({ body }) => {
      registrations.push(body);
      const stop = (body.running ?? []).map((one) => one.attempt).filter((id) => attempts.get(id)?.isCurrent !== true);
      return { status: 'registered', paused: state.isPaused, stop, lease_s: 120 };
    },
    work: async ({ query, closed }) => {
      if (!registrations.some((one) => one.id === query.id)) throw new Refusal(404, `no drone ${query.id}`);
      const granted = grant(query.holding ?? []);
      if (granted !== undefined) return granted;
      await waitForOrder((query.wait ?? 0) * 1000, closed);
      return (closed.aborted ? undefined : grant(query.holding ?? [])) ?? { package: null, reason: 'nothing ready' };
    },
    uploadPackage: async ({ params, query, bytes }) => {
      const one = current(params.attempt);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (sha256 !== query.sha256) throw new Refusal(422, `sha256 differs: ${sha256} arrived`);
      one.uploads.push(bytes);
      return { status: 'verified', cpv: one.package.slice(1), build_id: 1, size_bytes: bytes.length, sha256 };
    },
    appendLog: async ({ params, query, bytes }) => {
      const one = current(params.attempt);
      const next = one.log.length;
      if (query.offset > next) throw new Refusal(409, `the log ends at ${next}`, { next });
      one.logBytesReceived += bytes.length;
      one.log = Buffer.concat([one.log, bytes.subarray(Math.min(bytes.length, next - query.offset))]);
      return { next: one.log.length };
    },
    complete: async ({ body }) => {
      const one = attempts.get(body.attempt ?? 0);
      if (one === undefined) throw new Refusal(404, `no attempt ${body.attempt}`);
      one.reports.push(body);
      if (!one.isCurrent) return { status: 'ok', accepted: false, stale: true };
      one.isCurrent = false;
      const order = grantedOrders.get(one.attempt);
      if (body.status === 'returned' && order !== undefined) orders.push(order);
      return { status: 'ok', accepted: true };
    },
  };

  function current(id: number): FakeAttempt {
    const one = attempts.get(id);
    if (one === undefined) throw new Refusal(404, `no attempt ${id}`);
    if (!one.isCurrent) throw new Refusal(409, `attempt ${id} is not current`);
    return one;
  }

  function grant(holding: readonly number[]): ReplyOf<Api['work']> | undefined {
    const lost = [...attempts.values()].find((one) => one.isCurrent && !holding.includes(one.attempt));
    if (lost !== undefined) return granted(lost.attempt);
    const order = state.isPaused ? undefined : orders.shift();
    if (order === undefined) return undefined;
    const attempt = state.nextAttempt++;
    grantedOrders.set(attempt, order);
    const empty = { log: Buffer.alloc(0), logBytesReceived: 0, uploads: [], reports: [] };
    attempts.set(attempt, { attempt, package: order.package, isCurrent: true, ...empty });
    return granted(attempt);
  }

  function granted(attempt: number): ReplyOf<Api['work']> {
    const order = grantedOrders.get(attempt);
    if (order === undefined) throw new Refusal(500, `attempt ${attempt} was never granted`);
    const dependencies = order.dependencies === undefined ? [] : order.dependencies && [...order.dependencies];
    const build = { atom: order.package, dependencies, session_id: null, binhost: '/binhost/', ...order.more };
    return { package: order.package, attempt, build };
  }

  async function waitForOrder(ms: number, closed: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        watchers.delete(look);
        resolve();
      };
      const look = () => {
        if (orders.length > 0 && !state.isPaused) end();
      };
      const timer = setTimeout(end, ms);
      watchers.add(look);
      closed.addEventListener('abort', end);
      look();
    });
  }

  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const closed = new AbortController();
    response.on('close', () => closed.abort());
    const answer = await answerTo(request, { handlers, scripted, calls, shown, closed: closed.signal });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    changed();
  };
  const listening = await listen(take, 0);
  const { port } = listening.address() as AddressInfo;
  let server: Server | undefined = listening;

  return {
    url: `http://127.0.0.1:${port}`,
    attempts,
    registrations,
    calls,
    shown,
    queue: (...more) => {
      orders.push(...more);
      changed();
    },
    queued: () => orders,
    pause: (isPaused) => {
      state.isPaused = isPaused;
      changed();
    },
    takeBack: (attempt) => {
      const one = attempts.get(attempt);
      if (one !== undefined) one.isCurrent = false;
    },
    answerNext: (name, ...answers) => void scripted.set(name, [...(scripted.get(name) ?? []), ...answers]),
    goAway: async () => {
      const closing = server;
      server = undefined;
      if (closing === undefined) return;
      closing.close();
      closing.closeAllConnections();
      await once(closing, 'close');
    },
    comeBack: async () => {
      server ??= await listen(take, port);
    },
    when: (question) =>
      new Promise((resolve) => {
        const look = () => {
          const answer = question();
          if (answer === undefined || answer === false) return;
          watchers.delete(look);
          resolve(answer);
        };
        watchers.add(look);
        look();
      }),
  };
}

type Exchange = {
  readonly handlers: Handlers;
  readonly scripted: ReadonlyMap<EndpointName, FakeAnswer[]>;
  readonly calls: Map<EndpointName, number>;
  readonly shown: Map<EndpointName, string | undefined>;
  readonly closed: AbortSignal;
};

async function answerTo(request: IncomingMessage, exchange: Exchange): Promise<FakeAnswer> {
  const url = new URL(request.url ?? '/', 'http://fake');
  const route = routeOf(request.method ?? '', url.pathname);
  if (route === undefined) return { status: 404, body: { error: 'Not found' } };
  exchange.calls.set(route.name, (exchange.calls.get(route.name) ?? 0) + 1);
  exchange.shown.set(route.name, request.headers.authorization?.replace('Bearer ', ''));
  try {
    const bytes = await bytesOf(request);
    const answer = exchange.scripted.get(route.name)?.shift();
    if (answer !== undefined) return answer;
    const body = await handle(route, { url, bytes, exchange });
    return { status: 200, body };
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

type Route = { readonly name: EndpointName; readonly endpoint: Endpoint; readonly params: Record<string, string> };

function routeOf(method: string, path: string): Route | undefined {
  for (const [name, endpoint] of Object.entries<Endpoint>(api)) {
    const pattern = new RegExp(`^${endpoint.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
    const match = endpoint.method === method ? pattern.exec(path) : null;
    // The keys of the table are the names.
    if (match !== null) return { name: name as EndpointName, endpoint, params: { ...match.groups } };
  }
  return undefined;
}

type Incoming = { readonly url: URL; readonly bytes: Buffer; readonly exchange: Exchange };

async function handle({ name, endpoint, params }: Route, { url, bytes, exchange }: Incoming): Promise<unknown> {
  // Which handler belongs to which endpoint is lost in the table's union; the name ties them together.
  const handler = exchange.handlers[name] as ((call: unknown) => Promise<unknown>) | undefined;
  if (handler === undefined) throw new Refusal(404, `the fake has no ${name}`);
  const reply = await handler({
    params: endpoint.params?.parse(params),
    query: endpoint.query?.parse(Object.fromEntries(url.searchParams)),
    body: endpoint.raw === 'body' ? undefined : endpoint.body?.parse(JSON.parse(String(bytes))),
    bytes,
    closed: exchange.closed,
  });
  return endpoint.reply.parse(reply);
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function listen(take: (request: IncomingMessage, response: ServerResponse) => Promise<void>, port: number) {
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
