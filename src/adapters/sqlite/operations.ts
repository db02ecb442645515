import type { FigureReads, MetricsLog, Pruner } from '../../app/operations-ports.ts';
import type { StreamReads } from '../../app/stream-ports.ts';
import { makeFigures } from './figures.ts';
import type { Write } from './group-commit.ts';
import { makeMetricsLog } from './metrics-log.ts';
import type { Connection } from './open.ts';
import { makePruner } from './prune.ts';
import { makeStreamReads } from './stream-reads.ts';

/** What watching and keeping the swarm in order needs of the database. */
export type Operations = {
  readonly stream: StreamReads;
  readonly figures: FigureReads;
  readonly metricsLog: MetricsLog;
  readonly pruner: Pruner;
};

export function makeOperations(connection: Connection, write: Write): Operations {
  return {
    stream: makeStreamReads(connection),
    figures: makeFigures(connection),
    metricsLog: makeMetricsLog(connection, write),
    pruner: makePruner(connection, write),
  };
}
