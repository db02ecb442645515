/** The thread that simulates, so that the control plane goes on meanwhile. */
import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { ForecastColumns } from '../../app/forecast-ports.ts';
import { type Forecast, forecast } from '../../core/simulate/forecast.ts';
import { seededRandom } from '../../core/simulate/seeded-random.ts';
import { study } from '../../core/simulate/study.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { unpackWorkload } from './packed-workload.ts';

if (parentPort === null) throw new Error('forecast-worker runs as a worker thread');
const port = parentPort;
yieldToOthers();
port.on('message', (question: ToWorker) => {
  try {
    answer(question);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    port.postMessage({ kind: 'refusal', reason } satisfies FromWorker);
  }
});

/** On Linux each thread has a priority of its own; elsewhere it would be that of the whole program. */
function yieldToOthers(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Then it is as important as the rest; nothing else changes.
  }
}

function answer(question: ToWorker): void {
  const workload = unpackWorkload(question.workload);
  if (question.kind === 'study') {
    port.postMessage({ kind: 'answer', answer: study({ ...question, workload }) } satisfies FromWorker);
    return;
  }
  const { conditions, seed, limits } = question;
  const columns = columnsOf(forecast(workload, conditions, seededRandom(seed), limits));
  const { startAt, p50At, p90At, planned } = columns;
  const all = [startAt, p50At, p90At, planned.drone, planned.startAt, planned.endAt, planned.after];
  const blocks = all.map(({ buffer }) => buffer as ArrayBuffer);
  port.postMessage({ kind: 'answer', answer: columns } satisfies FromWorker, blocks);
}

function columnsOf({ runs, packages, starts, planned, sessions, knownShares }: Forecast): ForecastColumns {
  return {
    runs,
    startAt: Float64Array.from(starts, (at) => at ?? Number.NaN),
    p50At: Float64Array.from(packages, (end) => end?.p50At ?? Number.NaN),
    p90At: Float64Array.from(packages, (end) => end?.p90At ?? Number.NaN),
    planned: plannedColumns(planned),
    sessions,
    knownShares,
  };
}

function plannedColumns(planned: Forecast['planned']): ForecastColumns['planned'] {
  const drones = [...new Set(planned.flatMap((build) => (build === null ? [] : [build.drone])))];
  const placeOf = new Map(drones.map((drone, place) => [drone, place]));
  return {
    drones,
    drone: Int32Array.from(planned, (build) => (build === null ? -1 : (placeOf.get(build.drone) ?? -1))),
    startAt: Float64Array.from(planned, (build) => build?.startAt ?? Number.NaN),
    endAt: Float64Array.from(planned, (build) => build?.endAt ?? Number.NaN),
    after: Int32Array.from(planned, (build) => build?.after ?? -1),
  };
}
