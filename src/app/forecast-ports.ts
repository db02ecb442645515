import type { DroneId, SessionId } from '../core/ids.ts';
import type { EndForecast, ForecastLimits } from '../core/simulate/forecast.ts';
import type { Conditions } from '../core/simulate/simulate.ts';
import type { Study, StudyQuestion } from '../core/simulate/study.ts';
import type { Workload } from '../core/simulate/workload.ts';

export type ForecastQuestion = {
  readonly workload: Workload;
  /** Without a clock of its own. */
  readonly conditions: Conditions;
  readonly seed: number;
  readonly limits: ForecastLimits;
};

/** A forecast in columns, in the order of the workload; times in Unix milliseconds, NaN where there is none. */
export type ForecastColumns = {
  readonly runs: number;
  readonly startAt: Float64Array;
  readonly p50At: Float64Array;
  readonly p90At: Float64Array;
  /** The run that stands for all: drones by their place in `drones`, packages by theirs in the workload; -1 is none. */
  readonly planned: {
    readonly drones: readonly DroneId[];
    readonly drone: Int32Array;
    readonly startAt: Float64Array;
    readonly endAt: Float64Array;
    readonly after: Int32Array;
  };
  /** Null where too little is known to say. */
  readonly sessions: ReadonlyMap<SessionId | null, EndForecast | null>;
  /** Share of what is left to build of which anything was learned. */
  readonly knownShares: ReadonlyMap<SessionId | null, number>;
};

/**
 * Simulates beside the program, which goes on meanwhile; one question after the other, forecasts first.
 * Both reject with SwarmError SIMULATION_TIMEOUT, SIMULATION_FAILED or SIMULATION_BUSY (as many wait as may).
 */
export type Forecaster = {
  forecast(question: ForecastQuestion): Promise<ForecastColumns>;
  /** Who gave the signal waits no longer: what was begun for him is given up (rejects with its reason). */
  study(question: StudyQuestion, signal?: AbortSignal): Promise<Study>;
  close(): Promise<void>;
};
