import { swarm } from './migrations/0001-swarm.ts';
import { totals } from './migrations/0002-totals.ts';
import { credentials } from './migrations/0003-credentials.ts';
import { stateHistory } from './migrations/0004-state-history.ts';
import { metricsLog } from './migrations/0005-metrics-log.ts';
import { redo } from './migrations/0006-redo.ts';
import { failureFacts } from './migrations/0007-failure-facts.ts';
import { scheduling } from './migrations/0008-scheduling.ts';
import { failureHandling } from './migrations/0009-failure-handling.ts';
import { noReadyIndex } from './migrations/0010-no-ready-index.ts';
import { sessionLabels } from './migrations/0011-session-labels.ts';
import { noRank } from './migrations/0012-no-rank.ts';
import { historyByPackage } from './migrations/0013-history-by-package.ts';
import { metricsDisk } from './migrations/0014-metrics-disk.ts';
import { audits } from './migrations/0015-audits.ts';
import { escalations } from './migrations/0016-escalations.ts';
import { notifications } from './migrations/0017-notifications.ts';
import { historyByDrone } from './migrations/0018-history-by-drone.ts';
import type { Migration } from './migrations/migration.ts';

/**
 * The database, step by step; only ever added to. Names of tables and columns that users query are
 * the contract's. Times are Unix seconds, as the SQL explorer has always shown them. CHECK constraints
 * repeat the state machine of core/package-state.ts.
 */
export const MIGRATIONS: readonly Migration[] = [
  swarm,
  totals,
  credentials,
  stateHistory,
  metricsLog,
  redo,
  failureFacts,
  scheduling,
  failureHandling,
  noReadyIndex,
  sessionLabels,
  noRank,
  historyByPackage,
  metricsDisk,
  audits,
  escalations,
  notifications,
  historyByDrone,
];
