import type { Estimates, PackageEstimate, SessionEstimate } from '../app/forecasts.ts';
import type { Api } from '../contract/api.ts';
import type { ReplyOf } from '../contract/endpoint.ts';

type Reply = ReplyOf<Api['estimates']>;
/** When the session of the status is expected to end. */
export type Eta = Pick<NonNullable<ReplyOf<Api['status']>['session']>, 'eta_p50_s' | 'eta_p90_s' | 'eta_known_share'>;

/** Nobody has foreseen anything. */
export const NO_ETA: Eta = { eta_p50_s: null, eta_p90_s: null, eta_known_share: null };

/** What the status says of its session. */
export function presentEta(estimate: SessionEstimate | undefined, now: number): Eta {
  if (estimate === undefined) return NO_ETA;
  const { eta_p50_s, eta_p90_s, known_share } = presentSessionEstimate(estimate, now);
  return { eta_p50_s, eta_p90_s, eta_known_share: known_share };
}

/** The head of an answer: all but the packages. */
export function presentEstimates({ at, runs, reason, sessions }: Estimates, now: number) {
  return {
    at: seconds(at),
    age_s: at === null ? null : Math.max(0, now - at) / 1000,
    runs,
    reason,
    sessions: sessions.map((each) => presentSessionEstimate(each, now)),
  };
}

export function presentSessionEstimate(estimate: SessionEstimate, now: number): Reply['sessions'][number] {
  const { sessionId, end, knownShare, reason, packages, unbuildable, blocked } = estimate;
  return {
    session_id: sessionId,
    eta_p50_s: end === null ? null : tenths(Math.max(0, end.p50At - now)),
    eta_p90_s: end === null ? null : tenths(Math.max(0, end.p90At - now)),
    end_p50: seconds(end?.p50At ?? null),
    end_p90: seconds(end?.p90At ?? null),
    known_share: knownShare === null ? null : Math.round(knownShare * 1000) / 1000,
    packages,
    unbuildable,
    blocked,
    reason,
  };
}

export function presentPackageEstimate(estimate: PackageEstimate): Reply['packages'][number] {
  const { id, sessionId, startAt, end, planned, durationS, source, samples } = estimate;
  return {
    id,
    package: estimate.package,
    session_id: sessionId,
    expected_start: seconds(startAt),
    end_p50: seconds(end?.p50At ?? null),
    end_p90: seconds(end?.p90At ?? null),
    planned_drone: planned?.drone ?? null,
    planned_start: seconds(planned?.startAt ?? null),
    planned_end: seconds(planned?.endAt ?? null),
    planned_after: planned?.after ?? null,
    p50_s: durationS === null ? null : tenths(durationS.p50 * 1000),
    p90_s: durationS === null ? null : tenths(durationS.p90 * 1000),
    source,
    samples,
  };
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms) / 1000;
}

/** Milliseconds as seconds with one decimal. */
function tenths(ms: number): number {
  return Math.round(ms / 100) / 10;
}
