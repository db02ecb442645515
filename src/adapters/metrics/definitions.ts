export type MetricDefinition = {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly labels: readonly string[];
  /** What it says, with its unit. */
  readonly help: string;
};

/** Upper ends of the buckets of a request's duration, in seconds. Requests for work may wait up to a minute. */
export const DURATION_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
] as const;

/** Every measurement by what it is called in here. Counters begin at 0 when the program starts, unless they say otherwise. */
export const METRICS = {
  packages: gauge('packages', 'Packages of the queue.', 'state'),
  packagesReady: gauge('packages_ready', 'Needed packages that could be handed out now.'),
  packagesWaiting: gauge('packages_waiting', 'Needed packages that wait for others.'),
  paused: gauge('paused', '1 while nothing is handed out.'),
  drones: gauge('drones', 'Known drones: online, offline, and those of either that are paused.', 'status'),
  slots: gauge('slots', 'Builds that the drones online can run side by side, as far as they said.'),
  slotsBusy: gauge('slots_busy', 'Builds that run now.'),
  grants: counter('grants_total', 'Packages handed out.'),
  completions: counter('completions_total', 'Builds whose package was accepted.'),
  failures: counter('failures_total', 'Builds that failed.', 'class'),
  events: counter('events_total', 'Events.', 'type'),
  staleReports: counter('stale_reports_total', 'Reports for attempts that were over, since the database was made.'),
  requests: counter('http_requests_total', 'Requests answered.', 'method', 'route', 'status'),
  requestDuration: {
    ...counter('http_request_duration_seconds', 'Time from a request to the end of its answer.', 'method', 'route'),
    type: 'histogram',
  },
  longPolls: gauge('long_polls_waiting', 'Drones that wait for work.'),
  streamClients: gauge('stream_clients', 'Clients of the event stream.'),
  streamDropped: counter('stream_dropped_total', 'Messages left out for clients that read too slowly.'),
  streamDisconnected: counter('stream_disconnected_total', 'Clients let go because they did not read.'),
  protocolQueued: gauge('protocol_log_queued', 'Exchanges that wait to be written to the protocol log.'),
  protocolDropped: counter('protocol_log_dropped_total', 'Exchanges that the protocol log could not take.'),
  databaseSize: gauge('database_size_bytes', 'Size of the database.'),
  walSize: gauge('database_wal_size_bytes', 'Size of the write-ahead log.'),
  serviceRuns: counter('service_runs_total', 'Runs of a background service.', 'service'),
  serviceFailures: counter('service_failures_total', 'Failed runs of a background service.', 'service'),
  serviceDuration: gauge('service_last_duration_seconds', 'How long its last run took.', 'service'),
  cpu: counter('process_cpu_seconds_total', 'CPU time of the program, its threads included.', 'mode'),
  residentMemory: gauge('process_resident_memory_bytes', 'Memory of the program.'),
  heap: gauge('process_heap_used_bytes', 'JavaScript objects in memory.'),
  openFiles: gauge('process_open_fds', 'Open files and sockets; 0 where the system does not tell.'),
  startTime: gauge('process_start_time_seconds', 'When the program started, Unix time.'),
  loopLag: gauge(
    'event_loop_lag_seconds',
    'How late timers came since the last scrape: mean, 99th percentile, maximum.',
    'quantile',
  ),
  info: gauge('info', 'Always 1; the labels say what runs.', 'version', 'node'),
} as const satisfies Record<string, MetricDefinition>;

function gauge(name: string, help: string, ...labels: string[]): MetricDefinition {
  return { name: `build_swarm_${name}`, type: 'gauge', labels, help };
}

function counter(name: string, help: string, ...labels: string[]): MetricDefinition {
  return { name: `build_swarm_${name}`, type: 'counter', labels, help };
}
