import type { DroneId } from '../core/ids.ts';
import type { Moment } from '../core/metrics-buckets.ts';
import type { QueueCounts } from './stream-ports.ts';

/** The swarm in numbers, as monitoring asks for it every few seconds. */
export type Figures = {
  readonly counts: QueueCounts;
  /** Needed packages that could be handed out now. */
  readonly ready: number;
  readonly onlineDrones: number;
  readonly offlineDrones: number;
  readonly pausedDrones: number;
  /** Builds the drones that are online can run side by side, as far as they said. */
  readonly slots: number;
  /** Running attempts. */
  readonly slotsBusy: number;
  /** Reports for attempts that were over, since the database was made. */
  readonly staleReports: number;
  readonly isPaused: boolean;
};

/** Questions of monitoring; each costs an index and not a table. */
export type FigureReads = {
  figures(): Promise<Figures>;
  /** Sizes of the database and of its write-ahead log, in bytes. */
  size(): Promise<{ readonly databaseBytes: number; readonly walBytes: number }>;
};

export type MetricsRow = Moment;

/** What was measured in the last day. */
export type MetricsLog = {
  /** Write down a row for each drone that is online and says how it is, and one for the whole swarm. */
  sample(now: number): Promise<void>;
  /** The newest rows after `since`, oldest first, at most `limit`. */
  newest(filter: {
    readonly since: number;
    readonly nodeId: DroneId | null;
    readonly limit: number;
  }): Promise<readonly MetricsRow[]>;
  /** When samples were taken after `since`, oldest first. */
  sampleTimes(since: number): Promise<readonly number[]>;
  /** All rows of one sample. */
  rowsAt(at: number): Promise<readonly MetricsRow[]>;
  /** What the drones that are online said last, by name; those that said nothing are left out. */
  current(): Promise<{
    readonly counts: QueueCounts;
    readonly drones: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  }>;
};

/** How long finished things are kept, in milliseconds. */
export type Retention = {
  readonly eventsMs: number;
  readonly metricsMs: number;
  /** Changes of the state, from which snapshots are made. */
  readonly statesMs: number;
  /** Packages of sessions that ended; what was built stays in history and binhost. Null keeps them for ever. */
  readonly sessionsMs: number | null;
};

/** Removes what is older than it has to be kept. */
export type Pruner = {
  /** Remove a little of what is too old, in one short transaction; how many rows that were, 0 when it is done. */
  pruneSome(retention: Retention, now: number): Promise<number>;
};

/** Room on the file system of a directory. */
export type DiskSpace = { readonly freeBytes: number; readonly totalBytes: number };

/** A background service, as operators see it. Times are Unix milliseconds. */
export type ServiceState = {
  readonly name: string;
  readonly periodMs: number;
  readonly isRunning: boolean;
  readonly runs: number;
  readonly failures: number;
  readonly failuresInARow: number;
  readonly lastRunAt: number | null;
  readonly lastDurationMs: number | null;
  /** What the last run failed with; null when it did not. */
  readonly lastError: string | null;
  /** Null when it is not going to run. */
  readonly nextRunInMs: number | null;
};

/** What the protocol log says of itself. */
export type ProtocolLogState = { readonly queued: number; readonly dropped: number };

/** What the streams of one server have come to. */
export type StreamFigures = {
  readonly clients: number;
  /** Messages that slow clients did not get. */
  readonly dropped: number;
  /** Clients that were let go because they did not read. */
  readonly disconnected: number;
};

/** Counts the requests of one route. Called for every request, so it has to cost next to nothing. */
export type RouteMeter = (status: number, durationMs: number) => void;

/** Measurements of the program itself. */
export type Metering = {
  /** A counter for one route; made once, when the route is. */
  route(method: string, path: string): RouteMeter;
  /** Everything measured, in the text format of Prometheus. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
  close(): void;
};
