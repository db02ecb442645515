import { type BlamePolicy, DEFAULT_BLAME_POLICY } from './blame.ts';
import { DEFAULT_MEMORY_POLICY, type MemoryPolicy } from './oom.ts';
import { DEFAULT_TIME_LIMITS, type TimeLimitPolicy } from './timeouts.ts';

/**
 * The numbers by which the swarm decides. Every one is a setting; defaults are the contract's where
 * it has one. Times in milliseconds.
 */
export type Policy = {
  /** A drone not heard of for this long is shown offline and gets nothing. */
  readonly offlineAfterMs: number;
  /** A running attempt whose drone was not heard of for this long is taken away. */
  readonly leaseMs: number;
  /** This many different drones failing a package block it. */
  readonly distinctDronesToBlock: number;
  /** This many counted failures block a package whoever failed it. */
  readonly failuresToBlock: number;
  /** Counted failures that block a package when no other drone of the fleet could try it. */
  readonly failuresToBlockAlone: number;
  /** First pause before a package is handed out again; doubled for each further failure. */
  readonly retryBackoffMs: number;
  readonly retryBackoffCapMs: number;
  /** The first pause where time heals: the network, the servers of the sources, a full disk. */
  readonly outsideBackoffMs: number;
  /** Infrastructure failures in a row (drone × package) after which a package is blocked all the same. */
  readonly infrastructureFailuresToBlock: number;
  /** A drone that was silent for longer than `offlineAfterMs` and shorter than this is shown as stale. */
  readonly staleUntilMs: number;
  /** Infrastructure failures in a row that open a drone's circuit breaker: it is grounded. */
  readonly failuresToGround: number;
  /** How long a grounded drone gets nothing. */
  readonly groundedForMs: number;
  /** A blocked package that was left alone for so long is given another chance. */
  readonly ageBlockedAfterMs: number;
  /** How often a blocked package is given another chance by itself; then it stays blocked until somebody acts. */
  readonly ageingsAllowed: number;
  /** Builds at once of a drone that says neither its slots nor its cores. */
  readonly slotsUnknown: number;
  /** Cores for one slot of a drone that does not say how many it has. */
  readonly coresPerSlot: number;
  /** Drones whose name begins like this are sweepers. Compared without case. */
  readonly sweeperPrefix: string;
  /** How long a build may take before its drone ends it. */
  readonly timeLimits: TimeLimitPolicy;
  /** So long after its limit a build without progress, which its drone did not end, is taken from the drone. */
  readonly silentGraceMs: number;
  /** How a build that ran out of memory is tried again. */
  readonly memory: MemoryPolicy;
  /** When a drone is at fault that fails what others build. */
  readonly blame: BlamePolicy;
  /** Whether such a drone is disabled. */
  readonly disablesFaultyDrones: boolean;
  /** Whether what is proven to fail is not tried again until its inputs change. */
  readonly cachesFailures: boolean;
  /** How often the swarm is searched for what is stuck. */
  readonly sweepMs: number;
};

export const DEFAULT_POLICY: Policy = {
  offlineAfterMs: 30_000,
  leaseMs: 120_000,
  distinctDronesToBlock: 2,
  failuresToBlock: 5,
  failuresToBlockAlone: 2,
  retryBackoffMs: 2_000,
  retryBackoffCapMs: 300_000,
  outsideBackoffMs: 30_000,
  infrastructureFailuresToBlock: 5,
  staleUntilMs: 300_000,
  failuresToGround: 8,
  groundedForMs: 300_000,
  ageBlockedAfterMs: 1_800_000,
  ageingsAllowed: 3,
  slotsUnknown: 5,
  coresPerSlot: 4,
  sweeperPrefix: 'sweeper-',
  timeLimits: DEFAULT_TIME_LIMITS,
  silentGraceMs: 300_000,
  memory: DEFAULT_MEMORY_POLICY,
  blame: DEFAULT_BLAME_POLICY,
  disablesFaultyDrones: true,
  cachesFailures: true,
  sweepMs: 60_000,
};
