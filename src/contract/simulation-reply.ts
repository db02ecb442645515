import type { z } from 'zod';
import type { Conditions } from '../core/simulate/simulate.ts';
import type { Outcome, Study, StudyQuestion } from '../core/simulate/study.ts';
import type { simulate } from './simulate.ts';

/** What a simulation is answered with, from the control plane and from the command that simulates by itself. */
export type SimulationReply = z.output<typeof simulate.reply>;

type Run = {
  readonly source: SimulationReply['source'];
  readonly session: string | null;
  readonly question: StudyQuestion;
  readonly study: Study;
  /** How it really went, Unix milliseconds; null where it did not. */
  readonly real: {
    readonly startedAt: number;
    readonly endedAt: number;
    readonly builds: number;
    readonly failures: number;
  } | null;
  readonly elapsedMs: number;
};

/** The names and units of the wire for a simulation. */
export function simulationReply({ source, session, question, study, real, elapsedMs }: Run): SimulationReply {
  const { result, baseline, runs } = study;
  const left = question.workload.tasks.filter(({ state }) => state !== 'done');
  const known = left.filter(({ isKnown }) => isKnown !== false);
  const p50 = result.makespanS?.p50 ?? null;
  return {
    source,
    session_id: session,
    packages: left.length,
    known_share: left.length === 0 ? 1 : thousandths(known.length / left.length),
    runs,
    seed: question.seed,
    elapsed_ms: Math.round(elapsedMs),
    result: outcomeReply(result, question.conditions, question),
    baseline:
      baseline === null || question.baseline === null ? null : outcomeReply(baseline, question.baseline, question),
    difference:
      baseline === null
        ? null
        : {
            p50_s: difference(p50, baseline.makespanS?.p50 ?? null),
            p90_s: difference(result.makespanS?.p90 ?? null, baseline.makespanS?.p90 ?? null),
          },
    real: real === null ? null : realReply(real, p50),
  };
}

function realReply(
  { startedAt, endedAt, builds, failures }: NonNullable<Run['real']>,
  p50: number | null,
): SimulationReply['real'] {
  const makespanS = tenths((endedAt - startedAt) / 1000);
  return {
    started_at: startedAt / 1000,
    ended_at: endedAt / 1000,
    makespan_s: makespanS,
    builds,
    failures,
    difference_s: difference(p50, makespanS),
  };
}

function difference(after: number | null, before: number | null): number | null {
  return after === null || before === null ? null : tenths(after - before);
}

const GAPS_SHOWN = 20;

function outcomeReply(outcome: Outcome, conditions: Conditions, question: StudyQuestion) {
  const { startAt, makespanS, report, leftOver } = outcome;
  const { slots: all, busy } = slotsOf(report, conditions);
  return {
    start_at: startAt / 1000,
    makespan_p50_s: makespanS === null ? null : tenths(makespanS.p50),
    makespan_p90_s: makespanS === null ? null : tenths(makespanS.p90),
    lower_bound_s: tenths(report.boundS),
    critical_path_s: tenths(report.criticalPathS),
    capacity_s: tenths(report.capacityS),
    ratio_to_bound: thousandths(report.ratioToBound),
    utilisation: thousandths(all === 0 ? 0 : busy / all),
    left_over: leftOver,
    drones: report.drones.map(({ id, builds, utilisation, gaps }) => {
      const { name, slots, slowness } = droneOf(conditions, id);
      const idleS = gaps.reduce((sum, { fromS, toS }) => sum + toS - fromS, 0);
      return {
        ...{ name, slots, slowness: thousandths(slowness), builds, utilisation: thousandths(utilisation) },
        idle_s: tenths(idleS),
        gaps: gaps
          .toSorted((left, right) => right.toS - right.fromS - (left.toS - left.fromS))
          .slice(0, GAPS_SHOWN)
          .toSorted((left, right) => left.fromS - right.fromS)
          .map(({ fromS, toS }) => ({ from_s: tenths(fromS), to_s: tenths(toS) })),
      };
    }),
    ...scheduleReply(outcome, conditions, question),
  };
}

function scheduleReply({ schedule, startAt }: Outcome, conditions: Conditions, { workload }: StudyQuestion) {
  if (schedule === null) return {};
  const { names } = workload.graph;
  const nameOf = new Map(conditions.drones.map(({ id, name }) => [id, name]));
  return {
    schedule: schedule.map((build) => ({
      package: names[build.task] ?? '',
      drone: nameOf.get(build.drone) ?? build.drone,
      start_s: tenths((build.startAt - startAt) / 1000),
      end_s: tenths((build.endAt - startAt) / 1000),
      after: build.after === null ? null : (names[build.after] ?? null),
    })),
  };
}

function droneOf({ drones }: Conditions, id: string): { name: string; slots: number; slowness: number } {
  return drones.find((drone) => drone.id === id) ?? { name: id, slots: 0, slowness: 1 };
}

function slotsOf({ drones }: Outcome['report'], conditions: Conditions): { slots: number; busy: number } {
  let [slots, busy] = [0, 0];
  for (const { id, utilisation } of drones) {
    const own = droneOf(conditions, id).slots;
    slots += own;
    busy += own * utilisation;
  }
  return { slots, busy };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
