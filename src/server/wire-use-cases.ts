import { randomUUID } from 'node:crypto';
import { appendLog, readLog } from '../app/append-log.ts';
import { type AttemptReads, findAttempts } from '../app/attempts.ts';
import type { AuditStore } from '../app/audit-ports.ts';
import { createAudits } from '../app/audits.ts';
import type { Backups } from '../app/backup-ports.ts';
import type { BinpkgReads } from '../app/binpkg-reads.ts';
import { completeBuild } from '../app/complete-build.ts';
import { createControl } from '../app/control-swarm.ts';
import { countedPast, countedReports } from '../app/counted-reports.ts';
import type { Deps } from '../app/deps.ts';
import type { Dispatcher } from '../app/dispatch/dispatcher.ts';
import { learnedSpeeds } from '../app/dispatch/learned-speeds.ts';
import { drawPlan } from '../app/drawn-plan.ts';
import { createChoices, type ExplainReads } from '../app/explain/explain-ports.ts';
import { createExplain } from '../app/explain.ts';
import type { ImportStaged } from '../app/import-staged.ts';
import { listQueue } from '../app/list-queue.ts';
import type { PastStates } from '../app/past-states.ts';
import { pastWithWaits } from '../app/past-waits.ts';
import { createPlanJobs } from '../app/plan-jobs.ts';
import type { Plans } from '../app/plans.ts';
import type { PreviewReads } from '../app/preview-ports.ts';
import { type Expectations, previewQueue } from '../app/preview-queue.ts';
import type { NodeSettingWrites, PriorityWrites } from '../app/priority-ports.ts';
import type { Publisher } from '../app/publish.ts';
import { queuePackages } from '../app/queue-packages.ts';
import { receiveUpload } from '../app/receive-upload.ts';
import { registerDrone } from '../app/register-drone.ts';
import type { RemovalStore } from '../app/removal-ports.ts';
import { removePackages } from '../app/remove-packages.ts';
import { requestWork } from '../app/request-work.ts';
import { createSessionInsight } from '../app/session-insight.ts';
import type { SessionReads } from '../app/session-ports.ts';
import type { SqlExplorer } from '../app/sql-explorer.ts';
import { createStatistics } from '../app/statistics.ts';
import type { StatisticsReads } from '../app/statistics-ports.ts';
import { createSteering } from '../app/steer-swarm.ts';
import type { SwarmConfigFile } from '../app/swarm-config.ts';
import { readTimeline, type TimelineReads } from '../app/timeline.ts';
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
  readonly previewReads: PreviewReads;
  readonly expectations: Expectations;
  readonly steeringWrites: PriorityWrites & NodeSettingWrites;
  readonly removals: RemovalStore;
  readonly sessionReads: SessionReads;
  readonly statisticsReads: StatisticsReads;
  readonly provisioning: ProvisioningUseCases;
  readonly sqlExplorer: SqlExplorer;
  readonly pastStates: PastStates;
  readonly wireLog: WireLog;
  readonly attemptReads: AttemptReads;
  readonly timelineReads: TimelineReads;
  readonly binpkgReads: BinpkgReads;
  readonly auditStore: AuditStore;
  readonly backups: Backups;
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
    previewReads,
    expectations,
    steeringWrites,
    removals,
    sessionReads,
    statisticsReads,
    provisioning,
    sqlExplorer,
    pastStates,
    swarmConfig,
    probe,
    wireLog,
    attemptReads,
    timelineReads,
    binpkgReads,
    auditStore,
    backups,
  }: Parts,
): Omit<UseCases, 'estimates' | 'escalations' | 'notifications'> {
  const choices = createChoices();
  const sessionInsight = createSessionInsight({ ...deps, reads: sessionReads });
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
    previewQueue: previewQueue({ ...deps, swarmConfig, reads: previewReads, expectations }),
    planJobs: createPlanJobs({ ...deps, makeId: randomUUID }),
    listQueue: listQueue({ ...deps, plans }),
    removePackages: removePackages({ ...deps, plans, removals }),
    sessionInsight,
    drawPlan: drawPlan({ ...deps, plans, sessions: sessionInsight, reads: sessionReads, dispatcher }),
    findStatistics: createStatistics({ ...deps, reads: statisticsReads, speedOf: learnedSpeeds(dispatcher) }),
    control: createControl(deps),
    access: wireAccess(deps),
    provisioning,
    swarmConfig,
    sqlExplorer,
    pastStates: pastWithWaits(countedPast(deps, pastStates), plans),
    wire: askWireLog({ wireLog, clock: deps.clock }),
    findAttempts: findAttempts({ ...deps, reads: attemptReads }),
    readTimeline: readTimeline({ ...deps, plans, reads: timelineReads }),
    binpkgReads,
    audits: createAudits({ ...deps, audits: auditStore }),
    backups,
    reports: countedReports(deps, deps.reports),
    probe,
  };
}
