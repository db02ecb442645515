import type { FastifyInstance } from 'fastify';
import { api } from '../contract/api.ts';
import { INVARIANTS } from '../core/invariants.ts';
import { NAME } from './drone-routes.ts';
import { createFleetReplies } from './fleet-replies.ts';
import { prepareAhead } from './prepare-ahead.ts';
import {
  presentDroneHealth,
  presentEvent,
  presentHistoryRow,
  presentListedSession,
  presentPackageTotals,
  presentQueued,
  presentTiming,
} from './present.ts';
import { presentEta } from './present-estimates.ts';
import { route } from './route.ts';
import type { HttpOptions } from './use-cases.ts';

const DEFAULT_HISTORY = 100;
const DEFAULT_EVENTS = 500;
const DEFAULT_SESSIONS = 50;
const EVERY_SESSION = '*';

/** Longest answers; what is longer comes in pages. */
const MAX_HISTORY = 10_000;
const MAX_EVENTS = 2_000;
const DEFAULT_PAGE = 1_000;

/** What operators, the CLI and the dashboard ask. */
export function registerQuestionRoutes(app: FastifyInstance, options: HttpOptions): void {
  registerFleetQuestions(app, options);
  registerHistoryQuestions(app, options);
}

function registerFleetQuestions(app: FastifyInstance, { useCases, version, startedAt, now, auth }: HttpOptions): void {
  const { reports } = useCases;
  const replies = createFleetReplies();

  route(app, api.health, async () => {
    await useCases.probe();
    return { status: 'ok', version, uptime_s: Math.round((now() - startedAt) / 100) / 10, auth: auth.mode };
  });

  route(app, api.status, async () => {
    const report = await reports.status(now());
    const estimate = report.session && useCases.estimates.forecasts.forecastOf(report.session.id);
    return replies.status(report, version, presentEta(estimate ?? undefined, now()));
  });
  prepareAhead(app, () => replies.prepare(reports.readAhead(now())));

  route(app, api.nodes, async ({ query }) => {
    const nodes = await reports.nodes({ includeOffline: query.all, now: now() });
    return query.format === 'legacy' ? replies.legacyNodes(nodes) : replies.nodes(nodes);
  });

  route(app, api.versions, async () => {
    const nodes = await reports.nodes({ includeOffline: true, now: now() });
    return {
      control_plane: { name: NAME, version, status: 'online' },
      drones: nodes.map(({ name, ip, version: agent, status }) => ({
        name,
        ip,
        version: agent,
        online: status === 'online',
      })),
    };
  });

  route(app, api.droneHealth, async () => ({ drones: (await reports.droneHealth(now())).map(presentDroneHealth) }));
}

function registerHistoryQuestions(app: FastifyInstance, { useCases }: HttpOptions): void {
  const { reports } = useCases;

  route(app, api.invariants, async () => ({
    findings: (await reports.findings()).map(({ rule, says, details, since }) => ({
      ...{ rule, meaning: INVARIANTS[rule], says, since: since / 1000 },
      details: { ...details },
    })),
  }));

  route(app, api.sessions, async ({ query }) => ({
    sessions: (await reports.sessions(query.limit ?? DEFAULT_SESSIONS)).map(presentListedSession),
  }));

  route(app, api.queueList, async ({ query }, { reply }) => {
    const { total, packages } = await useCases.listQueue({
      sessionId: query.session === EVERY_SESSION ? null : (query.session ?? null),
      isOfAll: query.session === EVERY_SESSION,
      state: query.status ?? null,
      isReady: query.ready === undefined ? null : query.ready === 'true',
      match: query.match ?? null,
      limit: query.limit ?? DEFAULT_PAGE,
      offset: query.offset ?? 0,
    });
    void reply.header('x-total-count', total);
    return packages.map(presentQueued);
  });

  route(app, api.history, async ({ query }) => {
    const { rows, stats } = await reports.history({
      session: query.session ?? null,
      package: query.package ?? null,
      drone: query.drone ?? null,
      before: query.before ?? null,
      limit: atMost(MAX_HISTORY, query.limit ?? DEFAULT_HISTORY),
    });
    return { history: rows.map(presentHistoryRow), stats: presentTiming(stats) };
  });

  route(app, api.events, async ({ query }) => {
    const since = query.since ?? 0;
    const { events, latestId } = await reports.recentEvents(since);
    if (since <= latestId) return { events: events.map(presentEvent), latest_id: latestId };
    const all = await reports.recentEvents(0);
    return { events: all.events.map(presentEvent), latest_id: latestId, resync: true };
  });

  route(app, api.eventsHistory, async ({ query }) => {
    const since = (query.since ?? 0) * 1000;
    const events = await reports.eventHistory({
      since,
      until: query.until === undefined ? null : query.until * 1000,
      type: query.type ?? null,
      drone: query.drone ?? null,
      limit: atMost(MAX_EVENTS, query.limit ?? DEFAULT_EVENTS),
    });
    return { events: events.map(presentEvent), total: events.length };
  });

  route(app, api.buildsByPackage, async ({ query }) => {
    const page = { limit: query.limit ?? DEFAULT_PAGE, offset: query.offset ?? 0 };
    return { packages: (await reports.buildsByPackage(page)).map(presentPackageTotals) };
  });
}

/** A negative number has always meant everything. */
function atMost(max: number, limit: number): number {
  return limit < 0 ? max : Math.min(max, limit);
}
