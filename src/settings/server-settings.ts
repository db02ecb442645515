import { join } from 'node:path';
import { SwarmError } from '../core/errors.ts';
import { DEFAULT_POLICY, type Policy } from '../core/policy.ts';
import { type EscalationSettings, escalationOf } from './escalation-settings.ts';
import { type NotificationSettings, notificationsOf } from './notification-settings.ts';
import { type PlacementSettings, placementOf } from './placement-settings.ts';
import { protectedHosts } from './protected-hosts.ts';
import { assertUsable, type Resolved, resolveSettings } from './resolve.ts';
import type { Values } from './table.ts';

/** What the control plane is told, in groups by who needs it. Times in milliseconds, sizes in bytes. */
export type ServerSettings = {
  readonly listen: {
    readonly host: string;
    /** 0 takes any free port. */
    readonly port: number;
    /** Told to agents instead of the address they reached; null for that one. */
    readonly reportIp: string | null;
    /** Sites whose pages may ask; `*` for all. */
    readonly corsOrigins: readonly string[];
    readonly maxConnections: number;
  };
  readonly auth: { readonly mode: 'token' | 'off'; readonly allowsAnonymous: boolean };
  readonly paths: {
    readonly dataDir: string;
    readonly database: string;
    /** Published packages. */
    readonly binhost: string;
    /** Packages not published yet. */
    readonly staging: string;
    /** Where agents that know no uploads may have put their packages, in the order they are looked at. */
    readonly delivered: readonly string[];
    readonly buildLogs: string;
    /** The predecessor's `swarm.json`. */
    readonly swarmConfig: string | null;
    /** The configuration file that was read. */
    readonly configFile: string | null;
  };
  readonly policy: Policy;
  readonly placement: PlacementSettings;
  /** Machines that are never restarted. */
  readonly protectedHosts: readonly string[];
  readonly escalation: EscalationSettings;
  readonly notifications: NotificationSettings;
  readonly periods: { readonly reconcileMs: number; readonly metricsMs: number; readonly pruneMs: number };
  readonly retentions: {
    readonly metricsMs: number;
    readonly eventsMs: number;
    /** History of the swarm's state. */
    readonly statesMs: number;
    readonly protocolMs: number;
    /** Packages of finished sessions; null keeps them for ever. */
    readonly sessionsMs: number | null;
  };
  /** Foreseeing the end of the run: how often at most, and how long one simulation may take. */
  readonly forecast: { readonly everyMs: number; readonly timeLimitMs: number };
  /** Newest events kept in memory. */
  readonly eventsRing: number;
  readonly wire: {
    readonly isOn: boolean;
    readonly flushMs: number;
    /** Exchanges that may wait to be written. */
    readonly queueLength: number;
    readonly bodyBytes: number;
    readonly maxBytes: number;
  };
  readonly sql: { readonly timeoutMs: number; readonly maxRows: number; readonly maxBytes: number };
  /** Turning hosts into drones over SSH. */
  readonly provisioning: { readonly timeoutMs: number };
  readonly log: {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    /** Null writes none. */
    readonly file: string | null;
    /** Null never puts a file aside. */
    readonly maxBytes: number | null;
    readonly keep: number;
  };
};

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Version 3.1 looks here too, whatever its settings say: these were the directories of the generation before
 * it, and agents that were set up then still copy to them.
 */
const V2_PACKAGE_PATHS = ['/var/cache/binpkgs-staging', '/var/cache/binpkgs'];
const KB = 1_024;
const MB = 1_024 * KB;

/**
 * The settings of the control plane.
 * @throws SwarmError BAD_SETTING with every value that cannot be used
 */
export function serverSettings(resolved: Resolved): ServerSettings {
  assertUsable(resolved, ['server']);
  const { values } = resolved;
  assertFitting(values);
  return {
    ...places(resolved),
    policy: policyOf(values),
    placement: placementOf(values),
    protectedHosts: protectedHosts(values.PROTECTED_HOSTS),
    escalation: escalationOf(values),
    notifications: notificationsOf(values),
    ...services(values),
    ...records(values),
  };
}

/** The defaults, with everything below `dataDir` and nothing read from the machine; a basis for tests. */
export function defaultServerSettings(dataDir: string): ServerSettings {
  const flags = { '--data': dataDir, '--config': 'off' };
  const settings = serverSettings(resolveSettings({ flags, env: {}, uid: undefined }));
  return { ...settings, protectedHosts: [], paths: { ...settings.paths, swarmConfig: null, delivered: [] } };
}

/** The binhost is for everybody: nothing else may lie in it. */
function assertFitting(values: Values): void {
  for (const name of ['STAGING_PATH', 'SWARM_DATA_DIR', 'SWARM_DB_PATH', 'LOG_FILE'] as const) {
    if (`${values[name] ?? ''}/`.startsWith(`${values.BINHOST_PATH}/`))
      throw bad(`${name} must not be in BINHOST_PATH (${values.BINHOST_PATH}), which everybody may read`);
  }
}

function bad(message: string): SwarmError {
  return new SwarmError('BAD_SETTING', message);
}

function places({ values, file }: Resolved): Pick<ServerSettings, 'listen' | 'auth' | 'paths'> {
  return {
    listen: {
      host: values.SWARM_HOST,
      port: values.CONTROL_PLANE_PORT,
      reportIp: values.REPORT_IP,
      corsOrigins: values.SWARM_CORS_ORIGINS,
      maxConnections: values.SWARM_MAX_CONNECTIONS,
    },
    auth: { mode: values.SWARM_AUTH, allowsAnonymous: values.SWARM_ANONYMOUS },
    paths: {
      dataDir: values.SWARM_DATA_DIR,
      database: values.SWARM_DB_PATH,
      binhost: values.BINHOST_PATH,
      staging: values.STAGING_PATH,
      delivered: [values.STAGING_PATH, values.BINHOST_PATH, ...V2_PACKAGE_PATHS],
      buildLogs: join(values.SWARM_DATA_DIR, 'logs'),
      swarmConfig: values.V2_SWARM_CONFIG,
      configFile: file,
    },
  };
}

function policyOf(values: Values): Policy {
  return {
    ...DEFAULT_POLICY,
    offlineAfterMs: values.NODE_TIMEOUT * SECOND_MS,
    staleUntilMs: Math.max(values.STALE_TIMEOUT, values.NODE_TIMEOUT) * SECOND_MS,
    leaseMs: values.SWARM_LEASE_S * SECOND_MS,
    slotsUnknown: values.QUEUE_TARGET,
    coresPerSlot: values.CORES_PER_SLOT,
    sweeperPrefix: values.SWEEPER_PREFIX,
    failuresToGround: values.MAX_DRONE_FAILURES,
    groundedForMs: values.GROUNDING_TIMEOUT * MINUTE_MS,
    ageBlockedAfterMs: values.FAILURE_AGE_MINUTES * MINUTE_MS,
    ageingsAllowed: values.SWARM_AGEINGS,
    distinctDronesToBlock: values.SWARM_DRONES_TO_BLOCK,
    failuresToBlock: values.SWARM_FAILURES_TO_BLOCK,
    failuresToBlockAlone: values.SWARM_FAILURES_TO_BLOCK_ALONE,
    infrastructureFailuresToBlock: values.SWARM_INFRASTRUCTURE_FAILURES,
    retryBackoffMs: values.SWARM_RETRY_BACKOFF_MS,
    retryBackoffCapMs: Math.max(values.SWARM_RETRY_BACKOFF_CAP_MS, values.SWARM_RETRY_BACKOFF_MS),
    timeLimits: {
      factor: values.SWARM_TIMEOUT_FACTOR,
      floorS: values.SWARM_TIMEOUT_FLOOR_S,
      capS: Math.max(values.SWARM_TIMEOUT_CAP_S, values.SWARM_TIMEOUT_FLOOR_S),
      silentShare: values.SWARM_SILENT_SHARE,
      silentFloorS: values.SWARM_SILENT_FLOOR_S,
      silentCapS: Math.max(values.SWARM_SILENT_CAP_S, values.SWARM_SILENT_FLOOR_S),
    },
    ...failureHandling(values),
  };
}

type FailureHandling = Pick<
  Policy,
  'outsideBackoffMs' | 'silentGraceMs' | 'memory' | 'blame' | 'disablesFaultyDrones' | 'cachesFailures' | 'sweepMs'
>;

function failureHandling(values: Values): FailureHandling {
  return {
    outsideBackoffMs: Math.max(values.SWARM_OUTSIDE_BACKOFF_MS, values.SWARM_RETRY_BACKOFF_MS),
    silentGraceMs: values.SWARM_SILENT_GRACE_S * SECOND_MS,
    memory: {
      growth: values.SWARM_OOM_GROWTH,
      unknownMb: values.SWARM_OOM_UNKNOWN_MB,
      ownShare: values.SWARM_OOM_OWN_SHARE,
    },
    blame: {
      ...DEFAULT_POLICY.blame,
      faultyRate: values.SWARM_FAULTY_RATE,
      healthyRate: values.SWARM_HEALTHY_RATE,
      threshold: Math.log(values.SWARM_FAULTY_ODDS),
      distinctPackages: values.SWARM_FAULTY_PACKAGES,
      windowMs: values.SWARM_FAULTY_WINDOW_H * HOUR_MS,
    },
    disablesFaultyDrones: values.SWARM_DISABLE_FAULTY,
    cachesFailures: values.SWARM_CACHE_FAILURES,
    sweepMs: values.SWARM_SWEEP_S * SECOND_MS,
  };
}

function services(
  values: Values,
): Pick<ServerSettings, 'periods' | 'retentions' | 'forecast' | 'eventsRing' | 'provisioning'> {
  const sessionsMs = values.SWARM_SESSIONS_KEEP_D * DAY_MS;
  return {
    periods: {
      reconcileMs: values.SWARM_RECONCILE_S * SECOND_MS,
      metricsMs: values.SWARM_METRICS_S * SECOND_MS,
      pruneMs: values.SWARM_PRUNE_S * SECOND_MS,
    },
    retentions: {
      metricsMs: values.SWARM_METRICS_KEEP_H * HOUR_MS,
      eventsMs: values.SWARM_EVENTS_KEEP_D * DAY_MS,
      statesMs: values.SWARM_STATES_KEEP_D * DAY_MS,
      protocolMs: values.SWARM_PROTOCOL_KEEP_H * HOUR_MS,
      sessionsMs: sessionsMs === 0 ? null : sessionsMs,
    },
    forecast: {
      everyMs: values.SWARM_FORECAST_S * SECOND_MS,
      timeLimitMs: values.SWARM_SIMULATE_TIMEOUT_S * SECOND_MS,
    },
    eventsRing: values.SWARM_EVENTS_RING,
    provisioning: { timeoutMs: values.SWARM_PROVISION_TIMEOUT_S * SECOND_MS },
  };
}

function records(values: Values): Pick<ServerSettings, 'wire' | 'sql' | 'log'> {
  return {
    wire: {
      isOn: values.SWARM_PROTOCOL_LOG,
      flushMs: values.SWARM_PROTOCOL_FLUSH_S * SECOND_MS,
      queueLength: values.SWARM_PROTOCOL_QUEUE,
      bodyBytes: values.SWARM_PROTOCOL_BODY_KB * KB,
      maxBytes: values.SWARM_PROTOCOL_MAX_MB * MB,
    },
    sql: {
      timeoutMs: values.SWARM_SQL_TIMEOUT_MS,
      maxRows: values.SWARM_SQL_MAX_ROWS,
      maxBytes: values.SWARM_SQL_MAX_KB * KB,
    },
    log: {
      level: values.LOG_LEVEL,
      file: values.LOG_FILE,
      maxBytes: values.LOG_MAX_MB === 0 ? null : values.LOG_MAX_MB * MB,
      keep: values.LOG_KEEP,
    },
  };
}
