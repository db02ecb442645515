import type { Exchange, WireDensity, WireExportFormat, WireFilter, WireOrder } from '../../app/wire-ports.ts';

/**
 * What the two threads tell each other. Exchanges go over as one flat list of values, because cloning that
 * costs a third of cloning as many objects.
 */
export type ToWorker =
  | { readonly kind: 'batch'; readonly firstId: number; readonly values: readonly Value[] }
  | { readonly kind: 'ask'; readonly call: number; readonly question: Question }
  /** Remove what is too old at `now` (Unix milliseconds), or too much. */
  | { readonly kind: 'prune'; readonly now: number }
  | { readonly kind: 'close' };

export type FromWorker =
  /** The file is open; `lastId` is the newest id that it has ever given. */
  | { readonly kind: 'ready'; readonly lastId: number }
  /** The batch is written, but for `failed` entries. */
  | { readonly kind: 'written'; readonly firstId: number; readonly failed: number; readonly reason: string | null }
  | { readonly kind: 'answer'; readonly call: number; readonly answer: unknown }
  | { readonly kind: 'refusal'; readonly call: number; readonly reason: string }
  /** Something an operator should read. */
  | { readonly kind: 'trouble'; readonly message: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'closed' };

export type Question =
  | { readonly ask: 'list'; readonly filter: WireFilter; readonly limit: number; readonly order: WireOrder }
  | { readonly ask: 'detail'; readonly id: number }
  | { readonly ask: 'stats'; readonly since: number | null; readonly isByDrone: boolean }
  | ({ readonly ask: 'density' } & WireDensity)
  | { readonly ask: 'newest' }
  | {
      readonly ask: 'export';
      readonly filter: WireFilter;
      readonly format: WireExportFormat;
      readonly baseUrl: string;
    };

/** What the worker is started with. */
export type WorkerSettings = {
  readonly path: string;
  readonly maxAgeMs: number;
  readonly maxBytes: number;
};

export type Value = string | number | boolean | null;

/** What the log keeps of an exchange: bodies are cut already, and it is known whether they were. */
export type KeptExchange = Exchange & { readonly isRequestCut: boolean; readonly isResponseCut: boolean };

/** Values of one exchange in a batch. */
const STRIDE = 17;

/** Add an exchange to a batch, bodies cut to `limitChars`. The order is that of `exchangeAt`. */
export function addExchange(values: Value[], exchange: Exchange, limitChars: number): void {
  const { requestBody, responseBody } = exchange;
  const isRequestCut = requestBody !== null && requestBody.length > limitChars;
  const isResponseCut = responseBody !== null && responseBody.length > limitChars;
  values.push(
    exchange.at,
    exchange.latencyMs,
    exchange.sourceIp,
    exchange.method,
    exchange.url,
    exchange.status,
    exchange.isAborted,
    exchange.actor,
    exchange.userAgent,
    isRequestCut ? requestBody.slice(0, limitChars) : requestBody,
    exchange.requestBytes,
    isResponseCut ? responseBody.slice(0, limitChars) : responseBody,
    exchange.responseBytes,
    exchange.responseType,
    exchange.count,
    isRequestCut,
    isResponseCut,
  );
}

/** How many exchanges a batch holds. */
export function batchSize(values: readonly Value[]): number {
  return values.length / STRIDE;
}

/** The exchange at `index` of a batch. */
export function exchangeAt(values: readonly Value[], index: number): KeptExchange {
  const at = index * STRIDE;
  // The types are those that `addExchange` has put at these places.
  return {
    at: values[at] as number,
    latencyMs: values[at + 1] as number,
    sourceIp: values[at + 2] as string,
    method: values[at + 3] as string,
    url: values[at + 4] as string,
    status: values[at + 5] as number,
    isAborted: values[at + 6] as boolean,
    actor: values[at + 7] as string | null,
    userAgent: values[at + 8] as string | null,
    requestBody: values[at + 9] as string | null,
    requestBytes: values[at + 10] as number | null,
    responseBody: values[at + 11] as string | null,
    responseBytes: values[at + 12] as number,
    responseType: values[at + 13] as string | null,
    count: values[at + 14] as number | null,
    isRequestCut: values[at + 15] as boolean,
    isResponseCut: values[at + 16] as boolean,
  };
}
