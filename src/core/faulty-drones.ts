import { adviceFor, type DroneVerdict, judgeDrones, judgePackages, type Outcome } from './blame.ts';
import type { Change } from './change.ts';
import { events } from './events.ts';
import type { DroneId } from './ids.ts';
import type { Policy } from './policy.ts';
import { anotherChance } from './reconcile.ts';
import type { BlockedPackage } from './view.ts';

/** A drone with when an operator resumed it last: what it failed before then does not count. */
export type JudgedDrone = {
  readonly id: DroneId;
  readonly name: string;
  readonly isSweeper: boolean;
  /** Online, and not paused. */
  readonly isWorking: boolean;
  readonly judgedSince: number | null;
};

/** How builds ended lately, and who did them. */
export type BlameView = { readonly outcomes: readonly Outcome[]; readonly drones: readonly JudgedDrone[] };

/** So many of the packages that convicted a drone are named. */
const NAMED = 10;

/**
 * Drones that are at fault are disabled, the worst first, but never the last one that works: what fails half of its
 * packages still builds the other half.
 */
export function disableFaulty(view: BlameView, policy: Pick<Policy, 'blame'>, now: number): Change[][] {
  const byId = new Map(view.drones.map((drone) => [drone.id, drone]));
  // What it built before then is still evidence: that the package can be built.
  const isCounted = ({ droneId, at, failureClass }: Outcome) =>
    failureClass === null || at > (byId.get(droneId)?.judgedSince ?? -Infinity);
  const outcomes = view.outcomes.filter(isCounted);
  const working = view.drones.filter(({ isSweeper, isWorking }) => isWorking && !isSweeper);
  const faulty = judgeDrones(outcomes, policy.blame, now)
    .filter(({ isFaulty, droneId }) => isFaulty && working.some(({ id }) => id === droneId))
    .sort((one, other) => other.evidence - one.evidence);
  return faulty.slice(0, Math.max(0, working.length - 1)).map((verdict): Change[] => {
    const drone = byId.get(verdict.droneId) as JudgedDrone;
    const event = events.disabled(drone, whyDisabled(verdict, outcomes, byId));
    return [
      { kind: 'disable-drone', droneId: drone.id, at: now },
      { kind: 'event', event, at: now },
    ];
  });
}

/** Which packages only these drones failed, as the queue names them. */
export function failedByFaultyOnly(
  { outcomes }: BlameView,
  faulty: ReadonlySet<DroneId>,
  { blame }: Pick<Policy, 'blame'>,
  now: number,
): string[] {
  const verdicts = judgePackages(outcomes, faulty, blame, now).filter((verdict) => verdict.blame === 'drones');
  return verdicts.map((verdict) => verdict.package.split(' ', 1)[0] as string);
}

/** Whoever is not to blame gets another chance. */
export function acquit(blocked: readonly BlockedPackage[], now: number): Change[][] {
  return blocked.map((each) => [
    ...anotherChance(each, { ages: false }, now),
    { kind: 'event', event: events.acquitted(each.package), at: now },
  ]);
}

function whyDisabled(verdict: DroneVerdict, outcomes: readonly Outcome[], byId: ReadonlyMap<DroneId, JudgedDrone>) {
  const { failed, droneId } = verdict;
  const buildersOf = (name: string) =>
    outcomes
      .filter((each) => each.package === name && each.failureClass === null && each.droneId !== droneId)
      .map((each) => byId.get(each.droneId)?.name ?? each.droneId.slice(0, 12));
  const named = failed.slice(-NAMED).map(({ package: name, failureClass }) => ({
    package: name,
    class: failureClass,
    built_by: [...new Set(buildersOf(name))],
  }));
  return { failed: named, count: failed.length, advice: adviceFor(verdict) };
}
