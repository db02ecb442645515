import type { SwarmStore } from '../../app/ports.ts';
import { makeBlameView, makeStillBuilds } from './blame-view.ts';
import { makeCompletionView } from './completion-view.ts';
import type { ConfigCache } from './config-cache.ts';
import type { DroneReads } from './drone-reads.ts';
import { makeGrantView } from './grant-view.ts';
import type { LiveRows } from './live-rows.ts';
import type { Connection } from './open.ts';
import { makeReadBlocked, makeReconcileView } from './reconcile-view.ts';
import { makeSweepReads } from './sweep-facts.ts';

type Parts = {
  /** Settled: what was put off is written before it is asked. */
  readonly connection: Connection;
  readonly live: LiveRows;
  readonly drones: DroneReads;
  readonly config: ConfigCache;
};
type ViewReads = Pick<
  SwarmStore,
  | 'readGrantView'
  | 'readCompletionView'
  | 'readReconcileView'
  | 'readBlameView'
  | 'readBlocked'
  | 'readStillBuilds'
  | 'readSweepFacts'
  | 'readStuckPackages'
  | 'countWaiting'
>;

/** What decisions are made from. Each is read without a pause, so that it is of one moment. */
export function makeViews(parts: Parts): ViewReads {
  const grantView = makeGrantView(parts);
  const completionView = makeCompletionView(parts);
  const reconcileView = makeReconcileView(parts.connection, parts.drones);
  return {
    readGrantView: async (droneId, now) => grantView(droneId, now),
    readCompletionView: async (key) => completionView(key),
    readReconcileView: async (due) => reconcileView(due),
    readBlameView: makeBlameView(parts.connection),
    readBlocked: makeReadBlocked(parts.connection),
    readStillBuilds: makeStillBuilds(parts.connection),
    ...makeSweepReads(parts.connection, parts.config),
  };
}
