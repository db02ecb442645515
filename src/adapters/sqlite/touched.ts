import type { PastBuild } from '../../app/dispatch/live-ports.ts';
import type { Change } from '../../core/change.ts';

type HistoryRow = Extract<Change, { kind: 'record-history' }>;

/** What changed since the dispatcher asked, by key. */
export type Touched = {
  readonly packages: Set<number>;
  readonly builds: Set<number>;
  readonly drones: Set<string>;
  readonly sessions: Set<string>;
  history: HistoryRow[];
};

export function nothingTouched(): Touched {
  return { packages: new Set(), builds: new Set(), drones: new Set(), sessions: new Set(), history: [] };
}

/** A build that ended, if it is worth learning from. */
export function pastBuild(row: HistoryRow): PastBuild[] {
  const isOutOfMemory = row.failureClass === 'oom';
  if (row.status !== 'success' && !isOutOfMemory) return [];
  const { package: name, droneId, durationS, at, facts } = row;
  const peaks = { peakMemoryMb: facts?.peakMemoryMb ?? null, diskMb: facts?.diskMb ?? null };
  return [{ package: name, droneId, durationS, isOutOfMemory, at, ...peaks }];
}
