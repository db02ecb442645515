import type { appendLog, readLog } from '../app/append-log.ts';
import type { FindAttempts } from '../app/attempts.ts';
import type { Audits } from '../app/audits.ts';
import type { Authenticate } from '../app/authenticate.ts';
import type { Backups } from '../app/backup-ports.ts';
import type { BinpkgReads } from '../app/binpkg-reads.ts';
import type { completeBuild } from '../app/complete-build.ts';
import type { Control } from '../app/control-swarm.ts';
import type { DrawPlan } from '../app/drawn-plan.ts';
import type { Explain } from '../app/explain.ts';
import type { listQueue } from '../app/list-queue.ts';
import type { createFirstAdmin, createToken, enrolDrone, listTokens, revokeToken } from '../app/manage-credentials.ts';
import type { PastStates } from '../app/past-states.ts';
import type { PlanJobs } from '../app/plan-jobs.ts';
import type { previewQueue } from '../app/preview-queue.ts';
import type { Provisioner } from '../app/provision-drone.ts';
import type { ShippedFiles } from '../app/provision-ports.ts';
import type { queuePackages } from '../app/queue-packages.ts';
import type { receiveUpload } from '../app/receive-upload.ts';
import type { registerDrone } from '../app/register-drone.ts';
import type { removePackages } from '../app/remove-packages.ts';
import type { SwarmReports } from '../app/report-ports.ts';
import type { requestWork } from '../app/request-work.ts';
import type { SessionInsight } from '../app/session-insight.ts';
import type { SqlExplorer } from '../app/sql-explorer.ts';
import type { FindStatistics } from '../app/statistics.ts';
import type { Steering } from '../app/steer-swarm.ts';
import type { SwarmConfigFile } from '../app/swarm-config.ts';
import type { ReadTimeline } from '../app/timeline.ts';
import type { WireQuestions } from '../app/wire-log.ts';
import type { Api } from '../contract/api.ts';
import type { ReplyOf } from '../contract/endpoint.ts';
import type { Plan } from '../contract/plan.ts';
import type { AuthSettings } from './auth.ts';
import type { EscalationUseCases } from './escalation-routes.ts';
import type { EstimateUseCases } from './estimate-routes.ts';
import type { NotificationUseCases } from './notification-routes.ts';
import type { Operations } from './operations-routes.ts';
import type { Recording } from './wire/recorder.ts';

/** What the HTTP face can ask of the program. */
export type UseCases = {
  readonly registerDrone: ReturnType<typeof registerDrone>;
  readonly requestWork: ReturnType<typeof requestWork>;
  readonly completeBuild: ReturnType<typeof completeBuild>;
  readonly receiveUpload: ReturnType<typeof receiveUpload>;
  readonly appendLog: ReturnType<typeof appendLog>;
  readonly readLog: ReturnType<typeof readLog>;
  readonly queuePackages: ReturnType<typeof queuePackages>;
  readonly previewQueue: ReturnType<typeof previewQueue>;
  readonly planJobs: PlanJobs<Plan>;
  readonly listQueue: ReturnType<typeof listQueue>;
  readonly removePackages: ReturnType<typeof removePackages>;
  readonly sessionInsight: SessionInsight;
  readonly drawPlan: DrawPlan;
  readonly findStatistics: FindStatistics;
  readonly control: Control;
  readonly steering: Steering;
  readonly explain: Explain;
  readonly access: AccessUseCases;
  readonly provisioning: ProvisioningUseCases;
  readonly estimates: EstimateUseCases;
  readonly swarmConfig: SwarmConfigFile;
  readonly reports: SwarmReports;
  readonly sqlExplorer: SqlExplorer;
  readonly pastStates: PastStates;
  readonly wire: WireQuestions;
  readonly findAttempts: FindAttempts;
  readonly readTimeline: ReadTimeline;
  readonly binpkgReads: BinpkgReads;
  readonly audits: Audits;
  readonly escalations: EscalationUseCases;
  readonly notifications: NotificationUseCases;
  readonly backups: Backups;
  /** Prove that the database takes a write; rejects when it does not. */
  readonly probe: () => Promise<void>;
};

/** What turns hosts into drones. */
export type ProvisioningUseCases = { readonly provisioner: Provisioner; readonly shipped: ShippedFiles };

/** Tokens, and who holds them. */
export type AccessUseCases = {
  readonly authenticate: Authenticate;
  readonly createToken: ReturnType<typeof createToken>;
  readonly listTokens: ReturnType<typeof listTokens>;
  readonly revokeToken: ReturnType<typeof revokeToken>;
  readonly enrolDrone: ReturnType<typeof enrolDrone>;
  readonly createFirstAdmin: ReturnType<typeof createFirstAdmin>;
};

/** The settings as admins are shown them. */
export type Configuration = ReplyOf<Api['configuration']>;

export type HttpOptions = {
  readonly useCases: UseCases;
  readonly operations: Operations;
  readonly auth: AuthSettings;
  readonly version: string;
  /** The settings as they were read, without secrets. */
  readonly configuration: Configuration;
  /** Where published packages lie. */
  readonly binhostDir: string;
  /** Where the built dashboard lies; none is served without. */
  readonly dashboardDir?: string | undefined;
  /** Port told to agents; the one that is really listened on. */
  readonly port: () => number;
  /** Address told to agents instead of the one they connected to. */
  readonly reportIp: string | undefined;
  readonly startedAt: number;
  readonly now: () => number;
  /** Takes down every exchange; absent when the protocol log is off. */
  readonly recording?: Recording | undefined;
  /** Requests wait until this resolves. */
  readonly recovered: Promise<unknown>;
  /** Sites whose pages may ask, such as `https://dash.example`; `*` for all. None unless named. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Connections that are kept at most. */
  readonly maxConnections?: number | undefined;
  /** For tests: a reply that its schema does not describe is answered 500 with the difference. */
  readonly checksReplies?: boolean | undefined;
};
