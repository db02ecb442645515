import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { registerAccessRoutes } from './access-routes.ts';
import { parseQuery, pathOf } from './address.ts';
import { registerAttemptRoutes } from './attempt-routes.ts';
import { registerAuditRoutes } from './audit-routes.ts';
import { knowCallers, quickCallers } from './auth.ts';
import { registerBackupRoutes } from './backup-routes.ts';
import { registerBinhostRoutes } from './binhost-routes.ts';
import { registerBinpkgRoutes } from './binpkg-routes.ts';
import { takeJsonBodies } from './body.ts';
import {
  answerClientError,
  boundConnections,
  boundPipelining,
  DEFAULT_MAX_CONNECTIONS,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_MS,
  MAX_HEADER_BYTES,
  OVERDUE_CHECK_MS,
  pipelineBound,
  SOCKET_TIMEOUT_MS,
} from './connections.ts';
import { registerControlRoutes } from './control-routes.ts';
import { answerOrigins, originsAllowed } from './cors.ts';
import { registerDashboard } from './dashboard-routes.ts';
import { registerDocsRoutes } from './docs-routes.ts';
import { drainOnClose } from './drain.ts';
import { registerDroneRoutes } from './drone-routes.ts';
import { registerEscalationRoutes } from './escalation-routes.ts';
import { registerEstimateRoutes } from './estimate-routes.ts';
import { registerExplainRoutes } from './explain-routes.ts';
import { meterRequests } from './metering.ts';
import { registerNotificationRoutes } from './notification-routes.ts';
import { registerOperationsRoutes } from './operations-routes.ts';
import { refuseForeignPages } from './origin.ts';
import { registerPlanRoutes } from './plan-routes.ts';
import { answerProblem, answerProblems } from './problems.ts';
import { registerProvisionRoutes } from './provision-routes.ts';
import { registerQuestionRoutes } from './question-routes.ts';
import { openQuickLane } from './quick-lane.ts';
import { registerSessionGraphRoutes } from './session-graph-routes.ts';
import { registerSessionRoutes } from './session-routes.ts';
import { registerSettingsRoutes } from './settings-routes.ts';
import { registerSnapshotRoutes } from './snapshot-routes.ts';
import { registerSqlRoutes } from './sql-routes.ts';
import { registerStatisticsRoutes } from './statistics-routes.ts';
import { registerStream } from './stream-routes.ts';
import type { HttpOptions } from './use-cases.ts';
import { checkRequest, writeCheckedReply, writeReply } from './validation.ts';
import { recordExchanges } from './wire/recorder.ts';
import { registerWireRoutes } from './wire-routes.ts';

export type HttpLogger = FastifyBaseLogger;
export type HttpServer = FastifyInstance;

/** The HTTP face of the control plane, not listening yet. */
export function buildHttp(options: HttpOptions, logger: FastifyBaseLogger | false): FastifyInstance {
  const app = fastify({
    // A child logger for each request costs more than answering most of them.
    ...(logger ? { loggerInstance: logger, childLoggerFactory: (parent) => parent } : {}),
    logController: new LogController({ disableRequestLogging: true }),
    connectionTimeout: SOCKET_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      // Uploads take as long as they take; the time for JSON bodies is bounded where they are read.
      requestTimeout: 0,
      connectionsCheckingInterval: OVERDUE_CHECK_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    forceCloseConnections: true,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      takeDown?.(request, reply);
      answerProblem(error, request, reply);
    },
    rewriteUrl: pathOf,
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength: 256,
      querystringParser: parseQuery,
    },
  });
  boundConnections(app.server, options.maxConnections ?? DEFAULT_MAX_CONNECTIONS);
  const bound = pipelineBound();
  boundPipelining(app, bound);
  app.setValidatorCompiler(checkRequest);
  app.setSerializerCompiler(options.checksReplies ? writeCheckedReply : writeReply);
  const takeDown = options.recording && recordExchanges(app, options.recording);
  answerProblems(app, { tellsCause: options.checksReplies });
  forbidCaching(app);
  const corsOrigins = options.corsOrigins ?? [];
  const allows = originsAllowed(corsOrigins);
  answerOrigins(app, allows, corsOrigins.length > 0);
  refuseForeignPages(app, allows, options.auth.mode === 'token');
  takeJsonBodies(app);
  waitForRecovery(app, options.recovered);
  knowCallers(app, { auth: options.auth, authenticate: options.useCases.access.authenticate, now: options.now });
  meterRequests(app, options.operations.metering);
  registerStream(app, options.operations.hall);
  registerOperationsRoutes(app, options.operations);
  const drones = registerDroneRoutes(app, options);
  registerQuestionRoutes(app, options);
  if (options.useCases.estimates) registerEstimateRoutes(app, options.useCases.estimates, options.now);
  registerControlRoutes(app, options);
  registerSessionRoutes(app, options.useCases.sessionInsight);
  registerSessionGraphRoutes(app, options.useCases);
  registerStatisticsRoutes(app, options.useCases.findStatistics);
  registerExplainRoutes(app, options);
  registerAccessRoutes(app, options);
  registerProvisionRoutes(app, options);
  registerPlanRoutes(app, options.useCases);
  registerSqlRoutes(app, options);
  registerSnapshotRoutes(app, options);
  registerAttemptRoutes(app, options);
  registerBinpkgRoutes(app, options);
  registerAuditRoutes(app, options.useCases.audits);
  registerEscalationRoutes(app, options.useCases.escalations);
  registerNotificationRoutes(app, options.useCases.notifications);
  registerBackupRoutes(app, options);
  registerWireRoutes(app, options);
  registerSettingsRoutes(app, options);
  registerDocsRoutes(app, options.version);
  if (options.dashboardDir !== undefined) registerDashboard(app, options.dashboardDir);
  registerBinhostRoutes(app, options.binhostDir);
  // Checked replies are checked where the framework writes them, and pages of other sites are told what they may there.
  if (!options.checksReplies && corsOrigins.length === 0)
    openQuickLane(app, {
      routes: drones,
      callers: quickCallers({ auth: options.auth, authenticate: options.useCases.access.authenticate }),
      bound,
      metering: options.operations.metering,
      recording: options.recording,
      recovered: options.recovered,
    });
  drainOnClose(app, {
    ...options.operations,
    onCut: (connections) => app.log.warn({ connections }, 'cut off what did not end in time'),
  });
  return app;
}

/** Nothing is answered from a state that is not recovered yet. */
function waitForRecovery(app: FastifyInstance, recovered: Promise<unknown>): void {
  let isRecovered = false;
  const mark = () => {
    isRecovered = true;
  };
  recovered.then(mark, () => {});
  app.addHook('onRequest', (_request, _reply, done) => {
    if (isRecovered) done();
    else void waitForIt(recovered, done);
  });
}

async function waitForIt(recovered: Promise<unknown>, done: (error?: Error) => void): Promise<void> {
  try {
    await recovered;
  } catch (error) {
    done(error as Error);
    return;
  }
  done();
}

function forbidCaching(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    done();
  });
}
