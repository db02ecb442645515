import type { EscalationPolicy } from './escalation-policy.ts';
import { cooldownLeft, nextRung, type Rung } from './ladder.ts';
import { isLongGone, type Suspected, silentFor, suspect, type Watch } from './suspicion.ts';
import type { Ending, Step, WatchedDrone } from './watched-drone.ts';

/** Something to be done about one drone now. */
export type CareDecision = { readonly drone: WatchedDrone } & (
  | { readonly kind: 'open'; readonly suspected: Suspected; readonly reopens: number | null }
  | { readonly kind: 'probe' }
  | { readonly kind: 'step'; readonly step: Step; readonly says: string }
  | { readonly kind: 'ask'; readonly says: string }
  | { readonly kind: 'quiet'; readonly since: number | null }
  | { readonly kind: 'close'; readonly ending: Ending }
);

export type Care = {
  readonly decisions: readonly CareDecision[];
  /** Too many drones are silent at once for it to be the drones; null when not. */
  readonly outage: { readonly silent: number; readonly fleet: number } | null;
};

type Fleet = { readonly drones: readonly WatchedDrone[]; readonly watch: Watch; readonly policy: EscalationPolicy };

/**
 * All that is due for the fleet at this moment: at most one thing for each drone. Steps are given to those who wait
 * longest, and only as many as leave enough of the fleet alone.
 */
export function lookAfter(drones: readonly WatchedDrone[], policy: EscalationPolicy, watch: Watch): Care {
  if (policy.limit === 'off') return { decisions: [], outage: null };
  const fleet = { drones: drones.filter((drone) => !isLongGone(drone, policy, watch)), watch, policy };
  const outage = outageOf(fleet);
  const wished = [...fleet.drones].sort(byNeed).flatMap((drone) => dueFor(drone, fleet));
  let room = roomFor(fleet);
  const decisions = wished.filter((decision) => {
    if (decision.kind !== 'step') return true;
    if (outage !== null || room <= 0) return false;
    room -= 1;
    return true;
  });
  // In an outage a person is asked once for all, and not for each.
  return { decisions: outage === null ? decisions : decisions.filter(({ kind }) => kind !== 'ask'), outage };
}

/** How many drones may be in somebody's hands at once. */
export function allowedAtOnce(fleetSize: number, share: number): number {
  return share === 0 ? 0 : Math.max(1, Math.floor(fleetSize * share));
}

/** A step runs, or was not given its time yet. */
export function isInHands({ openCase }: WatchedDrone, policy: EscalationPolicy, now: number): boolean {
  return openCase !== null && openCase.quietSince === null && cooldownLeft(openCase, policy, now) > 0;
}

function roomFor({ drones, watch, policy }: Fleet): number {
  const inHands = drones.filter((drone) => isInHands(drone, policy, watch.now)).length;
  return allowedAtOnce(drones.length, policy.share) - inHands;
}

/** Those that were switched off, or that a person knows of, say nothing about the rest. */
function outageOf({ drones, watch, policy }: Fleet): Care['outage'] {
  const known = drones.filter((drone) => {
    const isKnown = drone.isPaused || (drone.openCase?.askedAt ?? null) !== null;
    return !isKnown && silentFor(drone, watch) <= policy.goneAfterMs;
  });
  const silent = known.filter((drone) => silentFor(drone, watch) > policy.silentAfterMs).length;
  return silent >= 2 && silent > known.length * policy.outageShare ? { silent, fleet: known.length } : null;
}

function byNeed(a: WatchedDrone, b: WatchedDrone): number {
  const since = (drone: WatchedDrone) => drone.openCase?.openedAt ?? Number.POSITIVE_INFINITY;
  return since(a) === since(b) ? compare(a.id, b.id) : since(a) - since(b);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function dueFor(drone: WatchedDrone, { policy, watch }: Fleet): CareDecision[] {
  const { openCase } = drone;
  // Whoever paused it works at it; nobody may come between.
  if (drone.isProtected || drone.isPaused)
    return openCase === null || isUnderWay(drone)
      ? []
      : [{ kind: 'close', drone, ending: drone.isProtected ? 'protected' : 'paused' }];
  const suspected = suspect(drone, policy, watch);
  if (openCase === null) {
    const isWanted = suspected !== undefined && !isSeenTo(drone, suspected, policy, watch);
    return isWanted ? [opening(drone, suspected, policy, watch)] : [];
  }
  if (isUnderWay(drone)) return [];
  if (suspected === undefined) return gettingWell(drone, policy, watch);
  if (openCase.quietSince !== null) return [{ kind: 'quiet', drone, since: null }];
  return climbing(drone, suspected, policy, watch);
}

function isUnderWay({ openCase }: WatchedDrone): boolean {
  return openCase?.steps.some(({ endedAt }) => endedAt === null) ?? false;
}

/**
 * A person said that he sees to it, and it is still the same trouble: a silent drone was not heard of since; any other
 * has not built anything since, and an hour or so has not passed.
 */
function isSeenTo({ lastCase, ...drone }: WatchedDrone, { kind }: Suspected, policy: EscalationPolicy, { now }: Watch) {
  if (lastCase?.ending !== 'closed') return false;
  if (kind === 'silent') return drone.lastSeenAt <= lastCase.closedAt;
  const hasBuilt = drone.lastSuccessAt !== null && drone.lastSuccessAt > lastCase.closedAt;
  return !hasBuilt && now - lastCase.closedAt < policy.relapseMs;
}

function opening(drone: WatchedDrone, suspected: Suspected, policy: EscalationPolicy, { now }: Watch): CareDecision {
  const { lastCase } = drone;
  const isRelapse = lastCase?.ending === 'well' && now - lastCase.closedAt < policy.relapseMs;
  return { kind: 'open', drone, suspected, reopens: isRelapse ? lastCase.id : null };
}

/** Heard of and nothing wrong: is it over? After failures only a build that went well proves it, or a long peace. */
function gettingWell(drone: WatchedDrone, policy: EscalationPolicy, { now }: Watch): CareDecision[] {
  const { openCase } = drone;
  if (openCase === null) return [];
  if (openCase.quietSince === null) return [{ kind: 'quiet', drone, since: now }];
  const since = openCase.steps.at(-1)?.endedAt ?? openCase.openedAt;
  const isProven = drone.lastSuccessAt !== null && drone.lastSuccessAt > since;
  const isAboutBuilds = openCase.suspicion === 'grounded' || openCase.suspicion === 'failing';
  const quietMs = isAboutBuilds && !isProven ? policy.relapseMs : policy.settleMs;
  return now - openCase.quietSince >= quietMs ? [{ kind: 'close', drone, ending: 'well' }] : [];
}

function climbing(drone: WatchedDrone, suspected: Suspected, policy: EscalationPolicy, watch: Watch): CareDecision[] {
  const { openCase, probe } = drone;
  if (openCase === null) return [];
  const everyMs = openCase.askedAt === null ? policy.probeEveryMs : policy.probeAskedEveryMs;
  if (probe === null || watch.now - probe.at >= everyMs) return [{ kind: 'probe', drone }];
  const since = Math.max(openCase.openedAt, openCase.steps.at(-1)?.endedAt ?? 0);
  if (probe.at < since) return cooldownLeft(openCase, policy, watch.now) > 0 ? [] : [{ kind: 'probe', drone }];
  return decisionOf(drone, nextRung({ drone, openCase, probe }, suspected, policy, watch));
}

function decisionOf(drone: WatchedDrone, rung: Rung): CareDecision[] {
  if (rung.kind === 'step') return [{ kind: 'step', drone, step: rung.step, says: rung.says }];
  return rung.kind === 'ask' ? [{ kind: 'ask', drone, says: rung.says }] : [];
}
