import { SwarmError } from '../core/errors.ts';
import type { SessionId } from '../core/ids.ts';
import { type AskedChange, readChanges, type SizedDrone } from '../core/simulate/asked-changes.ts';
import { type GivenDrone, type GivenPackage, givenDrone, givenWorkload } from '../core/simulate/given.ts';
import type { Conditions } from '../core/simulate/simulate.ts';
import type { Study, StudyQuestion } from '../core/simulate/study.ts';
import { changedConditions } from '../core/simulate/what-if.ts';
import { findSession } from './find-session.ts';
import type { Forecaster } from './forecast-ports.ts';
import type { ForecastSource, Picture } from './forecast-source.ts';
import { prospectsOf } from './left-to-build.ts';
import { type PastRuns, type RealRun, readPastRun } from './past-run.ts';
import type { Clock } from './ports.ts';
import type { SwarmReports } from './report-ports.ts';

/** What somebody wants simulated; null is not asked for. */
export type SimulationWish = {
  readonly workload: readonly GivenPackage[] | null;
  /** Id or name of an open session, or of one that is over. */
  readonly session: string | null;
  /** Instead of the drones that there are. */
  readonly fleet: readonly GivenDrone[] | null;
  readonly changes: readonly AskedChange[];
  /** How much the durations of a given workload vary. */
  readonly spread: number;
  readonly seed: number;
  readonly runs: number | null;
  /** Whether it shall be told what each drone builds when. */
  readonly isTold: boolean;
};

export type Simulated = {
  readonly source: 'given' | 'present' | 'past';
  readonly session: SessionId | null;
  readonly question: StudyQuestion;
  readonly study: Study;
  /** Null unless the session is over. */
  readonly real: RealRun | null;
  readonly elapsedMs: number;
};

/**
 * Simulates beside the swarm, which nothing of it touches.
 * @throws SwarmError BAD_REQUEST, NOT_FOUND, CONFLICT, and those of the forecaster
 */
export type SimulateSwarm = (wish: SimulationWish, signal?: AbortSignal) => Promise<Simulated>;

type Needs = Omit<PastRuns, 'reports'> & {
  readonly reports: Pick<SwarmReports, 'history' | 'sessionsCalled'>;
  readonly source: ForecastSource;
  readonly forecaster: Pick<Forecaster, 'study'>;
  readonly clock: Clock;
  readonly groupOf: (cpv: string) => string | null;
};

/** What is to be simulated before anything is changed. */
type Base = Pick<StudyQuestion, 'workload' | 'conditions' | 'session' | 'durations'> & {
  readonly source: Simulated['source'];
  readonly real: RealRun | null;
  /** Whether it is compared with itself as it is. */
  readonly isReal: boolean;
};

export function simulateSwarm(needs: Needs): SimulateSwarm {
  const { forecaster, clock } = needs;
  return async (asked, signal) => {
    const begunAt = clock.elapsed();
    const session = asked.session === null ? null : await findSession(needs.reports, asked.session);
    const wish = { ...asked, session };
    const base = await baseOf(needs, wish);
    const { conditions, hasChanged } = conditionsOf(needs, wish, base);
    const question = {
      ...{ workload: base.workload, session: base.session, durations: base.durations },
      ...{
        seed: wish.seed,
        runs: wish.runs,
        isTold: wish.isTold,
        conditions,
        baseline: hasChanged ? base.conditions : null,
      },
    };
    const study = await forecaster.study(question, signal);
    const { source, real } = base;
    return { source, session, question, study, real, elapsedMs: clock.elapsed() - begunAt };
  };
}

async function baseOf(needs: Needs, wish: SimulationWish): Promise<Base> {
  const { source, clock, groupOf } = needs;
  const now = clock.now();
  await source.look(now);
  const picture = await source.picture(now);
  if (wish.workload !== null) {
    const workload = givenWorkload(wish.workload, { spread: wish.spread, groupOf });
    const drones = wish.fleet === null ? picture.conditions.drones : described(needs, wish.fleet);
    const conditions = { ...picture.conditions, drones };
    const durations = wish.spread === 0 ? 'as-recorded' : 'drawn';
    return { source: 'given', isReal: false, real: null, workload, conditions, session: null, durations };
  }
  const { session } = wish;
  if (session === null || isOpen(picture, session)) {
    const { workload, conditions } = picture;
    return { source: 'present', isReal: true, real: null, workload, conditions, session, durations: 'drawn' };
  }
  const past = await readPastRun(needs, session, picture.conditions);
  if (past === undefined) throw nothingOf(picture, session);
  return { source: 'past', isReal: true, session: null, durations: 'as-recorded', ...past };
}

/** Whether anything of the session can still be built. What is blocked, and what waits for that, cannot. */
function isOpen(picture: Picture, session: SessionId): boolean {
  const { isBuilt, isStuck } = prospectsOf(picture);
  return picture.packages.some(({ sessionId }, at) => sessionId === session && !isBuilt(at) && !isStuck(at));
}

function nothingOf({ packages }: Picture, session: SessionId): SwarmError {
  const isThere = packages.some(({ sessionId, id }) => sessionId === session && id !== null);
  if (!isThere) return new SwarmError('NOT_FOUND', `no build of a session ${session} is known`);
  return new SwarmError(
    'CONFLICT',
    `session: nothing of ${session} was built, and all that is left of it is blocked or waits for what is: \`explain\` says why, \`unblock\` tries again`,
  );
}

function conditionsOf(needs: Needs, wish: SimulationWish, base: Base) {
  const { fleet, changes } = wish;
  const isOther = fleet !== null && base.isReal;
  const given = isOther ? { ...base.conditions, drones: described(needs, fleet) } : base.conditions;
  const read = readChanges(changes, sizedDrones(needs, given, fleet), needs.source.knowledge().settings);
  if ('problem' in read) throw new SwarmError('BAD_REQUEST', `what_if: ${read.problem}`);
  const conditions = changedConditions(given, read.changes);
  if (base.source === 'present' && conditions.startAt < base.conditions.startAt)
    throw new SwarmError('BAD_REQUEST', 'what_if: start_at is in the past');
  if (conditions.drones.length === 0)
    throw new SwarmError('CONFLICT', 'there is no drone to simulate with: describe some with `fleet`');
  return { conditions, hasChanged: isOther || changes.length > 0 };
}

function described({ source }: Needs, fleet: readonly GivenDrone[]): Conditions['drones'] {
  return fleet.map((drone) => givenDrone(drone, source.knowledge().settings));
}

function sizedDrones(
  { source }: Needs,
  { drones }: Conditions,
  fleet: readonly GivenDrone[] | null,
): readonly SizedDrone[] {
  const coresOf = new Map(
    fleet === null
      ? Array.from(source.drones(), ({ id, cores, coresLimit }) => [id, within(cores, coresLimit)] as const)
      : fleet.map(({ name, cores }) => [name, cores] as const),
  );
  return drones.map((facts) => ({ facts, cores: coresOf.get(facts.id) ?? null }));
}

function within(cores: number | null, limit: number | null): number | null {
  return cores === null || limit === null ? cores : Math.min(cores, limit);
}
