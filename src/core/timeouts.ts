/** How long a build may take, in seconds: altogether, and without progress. */
export type TimeLimits = { readonly totalS: number; readonly silentS: number };

/** The numbers behind the limits; times in seconds. Every one is a setting. */
export type TimeLimitPolicy = {
  /** A build may take so many times its expected P90. */
  readonly factor: number;
  readonly floorS: number;
  readonly capS: number;
  /** It may be without progress for this share of its expected P90. */
  readonly silentShare: number;
  readonly silentFloorS: number;
  readonly silentCapS: number;
};

/** Generous, since a build that is ended for nothing costs more than one that hangs a while longer. */
export const DEFAULT_TIME_LIMITS: TimeLimitPolicy = {
  factor: 4,
  floorS: 7_200,
  capS: 86_400,
  silentShare: 0.5,
  silentFloorS: 1_800,
  silentCapS: 7_200,
};

/**
 * The limits for a build that is expected to be done within `p90S` seconds nine times of ten, on the drone
 * that builds it; null where nothing is known, and then the caps hold. A build that ran out of its time
 * before gets twice as much with each further try (`timeouts`), so that what was learned wrong corrects itself.
 * With a floor above its cap the floor wins.
 */
export function timeLimits(p90S: number | null, policy: TimeLimitPolicy, timeouts = 0): TimeLimits {
  const patience = 2 ** Math.min(Math.max(0, timeouts), MAX_DOUBLINGS);
  const known = p90S !== null && Number.isFinite(p90S) && p90S >= 0 ? p90S : null;
  return {
    totalS: limit(known, { share: policy.factor * patience, floorS: policy.floorS, capS: policy.capS }),
    silentS: limit(known, {
      share: policy.silentShare * patience,
      floorS: policy.silentFloorS,
      capS: policy.silentCapS,
    }),
  };
}

const MAX_DOUBLINGS = 10;

type Bounds = { readonly share: number; readonly floorS: number; readonly capS: number };

function limit(p90S: number | null, { share, floorS, capS }: Bounds): number {
  const wanted = p90S === null ? capS : share * p90S;
  return Math.ceil(Math.max(floorS, Math.min(capS, wanted)));
}
