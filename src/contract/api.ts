import { createToken, enroll, revokeToken, tokens, whoami } from './access.ts';
import { attempts } from './attempts.ts';
import { audits, recordAudit } from './audits.ts';
import { binpkgs } from './binpkgs.ts';
import { configuration } from './configuration.ts';
import { sqlQuery, sqlSchema, sqlTables } from './data.ts';
import { docsPage, openApiDocument } from './documentation.ts';
import { appendLog, complete, orchestrator, readLog, register, uploadPackage, work } from './drone-protocol.ts';
import { closeEscalation, escalations, nodeCare } from './escalations.ts';
import { estimates } from './estimates.ts';
import { explain, nodeSettings } from './explain.ts';
import {
  abortSession,
  deleteNode,
  droneHealth,
  health,
  nodes,
  pauseNode,
  resumeNode,
  sessions,
  status,
  versions,
} from './fleet.ts';
import { metrics } from './metrics.ts';
import { notifications, testNotifications } from './notifications.ts';
import { backup, invariants, prometheus, ready } from './operations.ts';
import { cancelPlan, planJob, planJobs, reportPlan, requestPlan } from './plan-jobs.ts';
import { agent, agentVersion, bootstrapScript, provisionDrone, provisionJob, provisionJobs } from './provisioning.ts';
import { buildsByPackage, control, events, eventsHistory, history, queueAdd, queueList } from './queue.ts';
import { queueRemove } from './queue-remove.ts';
import { sessionGraph } from './session-graph.ts';
import { compareSessions, sessionDetail } from './sessions.ts';
import { portageConfig, settingsProblems } from './settings.ts';
import { simulate } from './simulate.ts';
import { protocolSnapshot } from './snapshot.ts';
import { statistics } from './statistics.ts';
import { stream } from './stream.ts';
import { timeline } from './timeline.ts';
import { protocol, protocolDensity, protocolDetail, protocolExport, protocolStats } from './wire.ts';

/** Every endpoint of the control plane by its name in the client. */
export const api = {
  health,
  status,
  nodes,
  pauseNode,
  resumeNode,
  nodeSettings,
  nodeCare,
  escalations,
  closeEscalation,
  sessions,
  sessionDetail,
  sessionGraph,
  compareSessions,
  abortSession,
  deleteNode,
  versions,
  droneHealth,
  buildsByPackage,
  statistics,
  register,
  orchestrator,
  portageConfig,
  work,
  complete,
  uploadPackage,
  appendLog,
  readLog,
  queueAdd,
  queueList,
  queueRemove,
  estimates,
  simulate,
  requestPlan,
  planJobs,
  planJob,
  cancelPlan,
  reportPlan,
  explain,
  control,
  history,
  events,
  eventsHistory,
  enroll,
  tokens,
  createToken,
  revokeToken,
  whoami,
  settingsProblems,
  configuration,
  agent,
  agentVersion,
  bootstrapScript,
  provisionDrone,
  provisionJobs,
  provisionJob,
  protocolSnapshot,
  sqlTables,
  sqlSchema,
  sqlQuery,
  openApiDocument,
  docsPage,
  metrics,
  stream,
  ready,
  invariants,
  prometheus,
  backup,
  notifications,
  testNotifications,
  attempts,
  timeline,
  binpkgs,
  audits,
  recordAudit,
  protocol,
  protocolDetail,
  protocolStats,
  protocolDensity,
  protocolExport,
} as const;

export type Api = typeof api;
export type EndpointName = keyof Api;
