import { appendLog, readLog } from '../app/append-log.ts';
import { completeBuild } from '../app/complete-build.ts';
import { setNodePaused, setPaused, unblock } from '../app/control-swarm.ts';
import type { Deps } from '../app/deps.ts';
import { listQueue } from '../app/list-queue.ts';
import type { Plans } from '../app/plans.ts';
import type { Publisher } from '../app/publish.ts';
import { queuePackages } from '../app/queue-packages.ts';
import { receiveUpload } from '../app/receive-upload.ts';
import { registerDrone } from '../app/register-drone.ts';
import { requestWork } from '../app/request-work.ts';
import type { UseCases } from '../http/use-cases.ts';

/** Each use case with what it needs. */
export function wireUseCases(deps: Deps, { plans, publisher }: { plans: Plans; publisher: Publisher }): UseCases {
  return {
    registerDrone: registerDrone(deps),
    requestWork: requestWork({ ...deps, plans }),
    completeBuild: completeBuild({ ...deps, publisher }),
    receiveUpload: receiveUpload({ ...deps, plans }),
    appendLog: appendLog(deps),
    readLog: readLog(deps),
    queuePackages: queuePackages(deps),
    listQueue: listQueue({ ...deps, plans }),
    setPaused: setPaused(deps),
    setNodePaused: setNodePaused(deps),
    unblock: unblock(deps),
    reports: deps.reports,
    probe: () => deps.store.probeWrite(deps.clock.now()),
  };
}
