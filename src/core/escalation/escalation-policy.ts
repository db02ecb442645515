/** How far the ladder goes by itself; what comes after is left to a person. */
export const LADDER_LIMITS = ['off', 'probe', 'restart', 'reboot'] as const;
export type LadderLimit = (typeof LADDER_LIMITS)[number];

/** The numbers by which drones that do not go on are looked after. */
export type EscalationPolicy = {
  /** `off`: nobody looks; `probe`: looks and asks; `restart`: restarts the service too; `reboot`: where that is allowed. */
  readonly limit: LadderLimit;
  /** A drone that was silent for longer is probed. */
  readonly silentAfterMs: number;
  /** Failures in a row, the drone being to blame, after which it is probed. */
  readonly failuresToProbe: number;
  /** A build that its drone calls idle for longer makes it suspect. */
  readonly idleAfterS: number;
  /** Time between two probes of a suspect drone, and of one for which a person was asked. */
  readonly probeEveryMs: number;
  readonly probeAskedEveryMs: number;
  /** Probes in a row by which a silent drone cannot be reached, before a person is asked. */
  readonly probesInVain: number;
  /** Time that a step gets to help before the next one. */
  readonly cooldownMs: number;
  /** The same for a reboot. */
  readonly rebootWaitMs: number;
  /** Least time between two reboots of one drone. */
  readonly rebootCooldownMs: number;
  /** So long nothing must be wrong before a drone counts as well again. */
  readonly settleMs: number;
  /** Who falls ill again within this time is taken up where the ladder was left. */
  readonly relapseMs: number;
  /** Part of the fleet that may be in somebody's hands at once; one drone always may, unless it is 0. */
  readonly share: number;
  /** When more than this part of the fleet is silent at once, it is not the drones. */
  readonly outageShare: number;
  /** A drone that is silent for longer was switched off. */
  readonly goneAfterMs: number;
  /** How long a grounding lasts. */
  readonly groundedForMs: number;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const DEFAULT_ESCALATION_POLICY: EscalationPolicy = {
  limit: 'reboot',
  silentAfterMs: 3 * MINUTE_MS,
  failuresToProbe: 3,
  idleAfterS: 7_200,
  probeEveryMs: MINUTE_MS,
  probeAskedEveryMs: 10 * MINUTE_MS,
  probesInVain: 3,
  cooldownMs: 5 * MINUTE_MS,
  rebootWaitMs: 10 * MINUTE_MS,
  rebootCooldownMs: 24 * HOUR_MS,
  settleMs: 2 * MINUTE_MS,
  relapseMs: HOUR_MS,
  share: 0.25,
  outageShare: 0.5,
  goneAfterMs: 24 * HOUR_MS,
  groundedForMs: 5 * MINUTE_MS,
};
