import { appendLog, readLog } from '../app/append-log.ts';
import { completeBuild } from '../app/complete-build.ts';
import { createControl } from '../app/control-swarm.ts';
import { countedPast, countedReports } from '../app/counted-reports.ts';
import type { Deps } from '../app/deps.ts';
import type { Dispatcher } from '../app/dispatch/dispatcher.ts';
import { createChoices, type ExplainReads } from '../app/explain/explain-ports.ts';
import { createExplain } from '../app/explain.ts';
import type { ImportStaged } from '../app/import-staged.ts';
import { listQueue } from '../app/list-queue.ts';
import type { PastStates } from '../app/past-states.ts';
import type { Plans } from '../app/plans.ts';
import type { NodeSettingWrites, PriorityWrites } from '../app/priority-ports.ts';
import type { Publisher } from '../app/publish.ts';
import { queuePackages } from '../app/queue-packages.ts';
import { receiveUpload } from '../app/receive-upload.ts';
import { registerDrone } from '../app/register-drone.ts';
import { requestWork } from '../app/request-work.ts';
import type { SqlExplorer } from '../app/sql-explorer.ts';
import { createSteering } from '../app/steer-swarm.ts';
import type { SwarmConfigFile } from '../app/swarm-config.ts';
import { askWireLog } from '../app/wire-log.ts';
import type { WireLog } from '../app/wire-ports.ts';
import type { WorkBell } from '../app/work-bell.ts';
import type { ProvisioningUseCases, UseCases } from '../http/use-cases.ts';
import { wireAccess } from './wire-access.ts';

type Parts = {
  readonly plans: Plans;
  readonly publisher: Publisher;
  readonly importStaged: ImportStaged;
  readonly bell: WorkBell;
  readonly dispatcher: Dispatcher;
  readonly explainReads: ExplainReads;
  readonly steeringWrites: PriorityWrites & NodeSettingWrites;
  readonly provisioning: ProvisioningUseCases;
  readonly sqlExplorer: SqlExplorer;
  readonly pastStates: PastStates;
  readonly wireLog: WireLog;
  readonly swarmConfig: SwarmConfigFile;
  readonly probe: UseCases['probe'];
};

/** Each use case with what it needs. */
export function wireUseCases(
  deps: Deps,
  {
    plans,
    publisher,
    importStaged,
    bell,
    dispatcher,
    explainReads,
    steeringWrites,
    provisioning,
    sqlExplorer,
    pastStates,
    swarmConfig,
    probe,
    wireLog,
  }: Parts,
): Omit<UseCases, 'estimates'> {
  const choices = createChoices();
  return {
    explain: createExplain({ ...deps, plans, dispatcher, reads: explainReads, choices }),
    steering: createSteering({ ...deps, writes: steeringWrites }),
    registerDrone: registerDrone(deps),
    requestWork: requestWork({ ...deps, plans, bell, dispatcher, choices }),
    completeBuild: completeBuild({ ...deps, publisher, importStaged, plans }),
    receiveUpload: receiveUpload({ ...deps, plans }),
    appendLog: appendLog(deps),
    readLog: readLog(deps),
    queuePackages: queuePackages({ ...deps, swarmConfig }),
    listQueue: listQueue({ ...deps, plans }),
    control: createControl(deps),
    access: wireAccess(deps),
    provisioning,
    swarmConfig,
    sqlExplorer,
    pastStates: countedPast(deps, pastStates),
    wire: askWireLog({ wireLog, clock: deps.clock }),
    reports: countedReports(deps, deps.reports),
    probe,
  };
}
