import type { StatisticsBuild } from '../core/statistics.ts';
import type { PastRow } from '../core/waiting.ts';

/** What was built and what waited, for statistics. Times are Unix milliseconds. */
export type StatisticsReads = {
  /** Builds that ended since then, the oldest first; of very many the newest so many. */
  builds(since: number, limit: number): Promise<readonly Omit<StatisticsBuild, 'name'>[]>;
  /** How rows of the queue were before each change since then, the oldest first; of very many the newest so many. */
  queueChanges(since: number, limit: number): Promise<readonly PastRow[]>;
};

/** How fast a drone is against one with the reference number of cores: 2 is twice as fast. */
export type LearnedSpeed = { readonly speed: number; readonly samples: number };
