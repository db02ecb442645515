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
};

export const DEFAULT_POLICY: Policy = {
  offlineAfterMs: 30_000,
  leaseMs: 120_000,
  distinctDronesToBlock: 2,
  failuresToBlock: 5,
  failuresToBlockAlone: 2,
  retryBackoffMs: 2_000,
  retryBackoffCapMs: 300_000,
  infrastructureFailuresToBlock: 5,
  staleUntilMs: 300_000,
  failuresToGround: 8,
  groundedForMs: 300_000,
  ageBlockedAfterMs: 1_800_000,
  ageingsAllowed: 3,
  slotsUnknown: 5,
  coresPerSlot: 4,
  sweeperPrefix: 'sweeper-',
};
