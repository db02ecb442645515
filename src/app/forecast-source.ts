import type { QueueId, SessionId } from '../core/ids.ts';
import type { Knowledge } from '../core/learning/knowledge.ts';
import type { DurationEstimate } from '../core/schedule/duration.ts';
import type { Conditions } from '../core/simulate/simulate.ts';
import type { Workload } from '../core/simulate/workload.ts';
import type { LiveDrone } from './dispatch/live-ports.ts';

/** The rest of the run, as the simulator takes it. */
export type Picture = {
  readonly workload: Workload;
  readonly conditions: Conditions;
  /** For each task of the workload, in its order, which package it is. */
  readonly packages: readonly PicturedPackage[];
};

export type PicturedPackage = {
  /** Null for what is built already, or was never queued. */
  readonly id: QueueId | null;
  readonly package: string;
  readonly sessionId: SessionId | null;
  /** Blocked or given up: it is not built by itself. */
  readonly isHeld: boolean;
};

/** What is believed of how long a package takes. */
export type Belief = {
  readonly estimate: DurationEstimate;
  /** Nine of ten builds take less, on the reference drone; null where nothing is known. */
  readonly p90S: number | null;
  /** What it rests on; `unknown` for nothing. */
  readonly source: string;
  readonly samples: number;
};

/** What forecasts and simulations need of the dispatcher. */
export type ForecastSource = {
  /** Take over what changed; before anything else is asked. */
  look(now: number): Promise<void>;
  picture(now: number): Picture | Promise<Picture>;
  /** Undefined for a package that is received or gone. */
  beliefOf(id: QueueId): Belief | undefined;
  drones(): Iterable<Pick<LiveDrone, 'id' | 'cores' | 'coresLimit'>>;
  knowledge(): Knowledge;
  /** Whether anything is being built, or could be begun as far as other packages go. Cheap, unlike a picture. */
  isUnderWay(): boolean;
  /** Share of the packages that are left of which anything was learned, 0 to 1. */
  knownShare(): number;
};
