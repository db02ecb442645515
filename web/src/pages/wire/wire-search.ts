/** Time that the waveform shows, up to now. */
export const SPANS = { '15m': 900, '1h': 3600, '6h': 21_600, '24h': 86_400 } as const;
export type Span = keyof typeof SPANS;
export const USUAL_SPAN: Span = '1h';

/** Which exchanges are shown, as the address says; what is usual is left out. */
export type WireSearch = {
  readonly type?: string | undefined;
  /** Name or id. */
  readonly drone?: string | undefined;
  /** A part of its name. */
  readonly package?: string | undefined;
  /** Its id. */
  readonly session?: string | undefined;
  /** How they ended: `ok`, `4xx`, `5xx`, or a status. */
  readonly status?: string | undefined;
  /** At least so many milliseconds. */
  readonly latency?: number | undefined;
  /** Unix seconds. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly span?: Span | undefined;
  /** New ones are not shown as they come. */
  readonly still?: true | undefined;
  /** Numbers by type are shown beside the table; where there is room unless said otherwise. */
  readonly stats?: boolean | undefined;
  /** The exchange whose bodies are shown. */
  readonly open?: number | undefined;
};

const TEXTS = ['type', 'drone', 'package', 'session'] as const;
const MAX_LENGTH = 200;

/** Reads an address that anybody may have written. */
export function wireSearch(search: Record<string, unknown>): WireSearch {
  const texts = TEXTS.flatMap((name) => {
    const value = textOf(search[name]);
    return value === '' ? [] : [[name, value] as const];
  });
  const status = textOf(search['status']);
  const span = textOf(search['span']);
  const latency = Number(search['latency']);
  const open = Number(search['open']);
  const [since, until] = [timeOf(search['since']), timeOf(search['until'])];
  return {
    ...Object.fromEntries<string>(texts),
    ...(/^(ok|4xx|5xx|[1-5]\d\d)$/.test(status) ? { status } : {}),
    ...(isSpan(span) && span !== USUAL_SPAN ? { span } : {}),
    ...(latency > 0 && latency < 1e9 ? { latency } : {}),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(search['still'] === true || search['still'] === 'true' ? { still: true } : {}),
    ...(typeof search['stats'] === 'boolean' ? { stats: search['stats'] } : {}),
    ...(Number.isSafeInteger(open) && open > 0 ? { open } : {}),
  };
}

/** The router takes words of digits for numbers. */
function textOf(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' ? text.slice(0, MAX_LENGTH) : '';
}

function timeOf(value: unknown): number | undefined {
  const time = Number(value);
  return value !== null && value !== '' && Number.isFinite(time) && time > 0 && time < 1e11 ? time : undefined;
}

function isSpan(word: string): word is Span {
  return Object.hasOwn(SPANS, word);
}

/** Whether anything is left out by what is asked for. */
export function isFiltered({
  type,
  drone,
  package: name,
  session,
  status,
  latency,
  since,
  until,
}: WireSearch): boolean {
  return [type, drone, name, session, status, latency, since, until].some((each) => each !== undefined);
}

/** The same as the control plane takes it. `latest` ends the time where the address does not; Unix seconds. */
export function wireQuery(search: WireSearch, latest?: number) {
  const { type, drone, package: name, session, status, latency, since, until = latest } = search;
  return {
    ...(type === undefined ? {} : { type }),
    ...(drone === undefined ? {} : { drone }),
    ...(name === undefined ? {} : { package: name }),
    ...(session === undefined ? {} : { session }),
    ...statusQuery(status),
    ...(latency === undefined ? {} : { min_latency: latency }),
    ...(since === undefined ? {} : { since_time: since }),
    ...(until === undefined ? {} : { until: until }),
  };
}

export type WireQuery = ReturnType<typeof wireQuery>;

function statusQuery(status: string | undefined): { status?: number; min_status?: number; max_status?: number } {
  if (status === undefined) return {};
  if (status === 'ok') return { max_status: 399 };
  if (status === '4xx') return { min_status: 400, max_status: 499 };
  return status === '5xx' ? { min_status: 500 } : { status: Number(status) };
}
