import { SwarmError } from '../core/errors.ts';
import type { Clock } from './ports.ts';
import type {
  WireCounters,
  WireDensity,
  WireDetail,
  WireExportFormat,
  WireFilter,
  WireLog,
  WireOrder,
  WireStats,
} from './wire-ports.ts';

/** Entries in one answer when the reader does not say, and at most. */
const DEFAULT_LIMIT = 200;
const MAX_WIRE_LIMIT = 2000;
const DEFAULT_SPAN_S = 3600;
const MAX_DENSITY_BUCKETS = 500;

type Deps = { readonly wireLog: WireLog; readonly clock: Pick<Clock, 'now'> };

export type WireQuestions = {
  /** `{"entries": […]}` as JSON text. */
  list(filter: WireFilter, page: { limit?: number | undefined; order?: WireOrder | undefined }): Promise<string>;
  /** @throws SwarmError NOT_FOUND */
  detail(id: number): Promise<WireDetail>;
  stats(since: number | undefined, isByDrone?: boolean): Promise<WireStats & WireCounters>;
  density(range: DensityRange): Promise<{ density: number[]; start: number; end: number }>;
  /** Pieces of a document; the next one is read when the one before was taken. */
  exportAll(filter: WireFilter, format: WireExportFormat, origin: ExportOrigin): AsyncGenerator<string>;
};

type DensityRange = {
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly buckets: number | undefined;
} & Pick<WireDensity, 'type' | 'minLatencyMs'>;

/** What an export says about where it comes from. */
export type ExportOrigin = { readonly baseUrl: string; readonly version: string };

/** What can be asked about the protocol log. */
export function askWireLog({ wireLog, clock }: Deps): WireQuestions {
  return {
    list: (filter, { limit = DEFAULT_LIMIT, order = 'asc' }) =>
      wireLog.list(filter, { limit: limit < 0 ? MAX_WIRE_LIMIT : Math.min(limit, MAX_WIRE_LIMIT), order }),
    detail: async (id) => {
      const entry = await wireLog.detail(id);
      if (entry === undefined) throw new SwarmError('NOT_FOUND', 'Entry not found');
      return entry;
    },
    stats: async (since, isByDrone) => ({
      ...(await wireLog.stats(since ?? null, isByDrone)),
      ...wireLog.counters(),
    }),
    density: async (range) => {
      const end = range.end ?? clock.now() / 1000;
      const start = range.start ?? end - DEFAULT_SPAN_S;
      const buckets = Math.min(range.buckets ?? 100, MAX_DENSITY_BUCKETS);
      return { density: buckets <= 0 ? [] : await wireLog.density({ ...range, start, end, buckets }), start, end };
    },
    exportAll: (filter, format, origin) => exportAll(wireLog, { filter, format, origin }),
  };
}

type Export = { readonly filter: WireFilter; readonly format: WireExportFormat; readonly origin: ExportOrigin };

async function* exportAll(wireLog: WireLog, { filter, format, origin }: Export): AsyncGenerator<string> {
  const { opening, separator, closing } = FRAMES[format](origin);
  // What is recorded while the export runs, the export itself among it, is not in it; so it ends.
  const before = Math.min(filter.before ?? Number.MAX_SAFE_INTEGER, (await wireLog.newestId()) + 1);
  let since: number | null = filter.since ?? 0;
  let lead = opening;
  while (since !== null) {
    const { text, next } = await wireLog.exportPage({ ...filter, since, before }, { format, baseUrl: origin.baseUrl });
    if (text !== '') {
      yield lead + text;
      lead = separator;
    }
    since = next;
  }
  if (lead === opening) yield opening;
  yield closing;
}

type Frame = { readonly opening: string; readonly separator: string; readonly closing: string };

const FRAMES: Readonly<Record<WireExportFormat, (origin: ExportOrigin) => Frame>> = {
  ndjson: () => ({ opening: '', separator: '', closing: '' }),
  har: ({ version }) => ({
    opening: `{"log":{"version":"1.2","creator":{"name":"Build Swarm","version":${JSON.stringify(version)}},"entries":[\n`,
    separator: ',\n',
    closing: '\n]}}\n',
  }),
};
