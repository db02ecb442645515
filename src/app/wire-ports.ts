/**
 * One exchange as it went over the wire. Texts are handed over by reference: nothing here is copied, parsed or
 * judged while somebody waits for an answer.
 */
export type Exchange = {
  /** Unix milliseconds at which it was over. */
  readonly at: number;
  readonly latencyMs: number;
  readonly sourceIp: string;
  readonly method: string;
  /** Path and query as they were asked for. */
  readonly url: string;
  readonly status: number;
  /** Whether the peer went away before it had its whole answer. */
  readonly isAborted: boolean;
  /** Who asked, as the audit trail names him; null when that was not found out. */
  readonly actor: string | null;
  readonly userAgent: string | null;
  /** The body of the request where it is text of ours; null for uploads and where there was none. */
  readonly requestBody: string | null;
  /** Bytes of the request's body; null when it was not told. */
  readonly requestBytes: number | null;
  readonly responseBody: string | null;
  /** Bytes of the answer's body. */
  readonly responseBytes: number;
  readonly responseType: string | null;
  /** Packages asked for, nodes or events answered, where the body is too long to be counted later. */
  readonly count: number | null;
};

/** What a reader of the log wants to see. Absent fields exclude nothing. */
export type WireFilter = {
  /** Only entries after this id. */
  readonly since?: number | undefined;
  /** Only entries before this id. */
  readonly before?: number | undefined;
  readonly type?: string | undefined;
  /** A drone's id or its name. */
  readonly drone?: string | undefined;
  /** A part of a package's name, taken literally. */
  readonly package?: string | undefined;
  readonly method?: string | undefined;
  readonly status?: number | undefined;
  /** Statuses from this one on. */
  readonly minStatus?: number | undefined;
  /** Statuses up to this one. */
  readonly maxStatus?: number | undefined;
  readonly session?: string | undefined;
  /** A part of the path, taken literally. */
  readonly path?: string | undefined;
  readonly minLatencyMs?: number | undefined;
  /** Unix seconds, inclusive. */
  readonly sinceTime?: number | undefined;
  /** Unix seconds, inclusive. */
  readonly untilTime?: number | undefined;
};

export type WireOrder = 'asc' | 'desc';

/** One entry without its bodies; the names are those of the table and of the contract. */
export type WireEntry = {
  readonly id: number;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly source_ip: string;
  readonly source_node: string | null;
  readonly method: string;
  readonly path: string;
  readonly msg_type: string;
  readonly drone_id: string | null;
  readonly package: string | null;
  readonly session_id: string | null;
  readonly status_code: number;
  readonly request_summary: string;
  readonly response_summary: string;
  readonly latency_ms: number;
  readonly content_length: number;
  readonly query: string | null;
  /** Who asked, as the audit trail names him; null when that was not found out. */
  readonly actor: string | null;
  readonly user_agent: string | null;
  readonly aborted: boolean;
  readonly request_bytes: number | null;
};

export type WireDetail = WireEntry & {
  readonly request_body: string | null;
  readonly response_body: string | null;
  /** Whether a body is longer than what is kept of it. */
  readonly request_truncated: boolean;
  readonly response_truncated: boolean;
};

export type WireStats = {
  readonly total: number;
  readonly by_type: readonly {
    readonly msg_type: string;
    readonly count: number;
    readonly avg_latency: number;
    readonly max_latency: number;
  }[];
  /** Those that name a drone, but for questions for work, whose time is waiting; only where that was asked for. */
  readonly by_drone?: readonly {
    readonly drone_id: string;
    readonly count: number;
    readonly avg_latency: number;
    readonly max_latency: number;
  }[];
  readonly rows: number;
  /** Size of the log's file. */
  readonly bytes: number;
};

/** What happened to entries since the start that never became rows, and what is on its way. */
export type WireCounters = {
  /** Not taken because the queue was full. */
  readonly dropped: number;
  /** Could not be stored. */
  readonly failed: number;
  readonly queued: number;
  /** How often the log's thread had to be started again. */
  readonly restarts: number;
};

/** Entries per slice of `start` to `end` (Unix seconds), both inclusive. */
export type WireDensity = {
  readonly start: number;
  readonly end: number;
  readonly buckets: number;
} & Pick<WireFilter, 'type' | 'minLatencyMs'>;

export type WireExportFormat = 'har' | 'ndjson';

/** A piece of an export. */
export type WireExportPage = {
  /** Entries, separated as the format wants it; empty when there are none. */
  readonly text: string;
  /** Where the next piece begins; null when this was the last one. */
  readonly next: number | null;
};

/**
 * The protocol log. Recording costs next to nothing and never fails; questions are answered by a thread of its
 * own, so that none of them stalls the server. Questions reject with WIRE_LOG_UNAVAILABLE while the log cannot
 * be read.
 */
export type WireLog = {
  record(exchange: Exchange): void;
  /** `{"entries": […]}` as JSON text. */
  list(filter: WireFilter, page: { readonly limit: number; readonly order: WireOrder }): Promise<string>;
  detail(id: number): Promise<WireDetail | undefined>;
  /** Of the entries after `since` (Unix seconds), or of all of them. */
  stats(since: number | null, isByDrone?: boolean): Promise<WireStats>;
  counters(): WireCounters;
  density(question: WireDensity): Promise<number[]>;
  /** The newest id that was given to an entry. */
  newestId(): Promise<number>;
  exportPage(
    filter: WireFilter,
    page: { readonly format: WireExportFormat; readonly baseUrl: string },
  ): Promise<WireExportPage>;
  /** Write down what is queued, then let go of the file. Safe to call twice. */
  close(): Promise<void>;
};
