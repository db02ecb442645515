import type { FastifyInstance } from 'fastify';
import { api } from '../contract/api.ts';
import { CONTROL_ACTIONS } from '../contract/queue.ts';
import { SwarmError } from '../core/errors.ts';
import {
  presentEvent,
  presentHistoryRow,
  presentNode,
  presentQueued,
  presentSession,
  presentStatus,
  presentTiming,
} from './present.ts';
import { route } from './route.ts';
import type { HttpOptions } from './use-cases.ts';

const DEFAULT_HISTORY = 100;
const DEFAULT_EVENTS = 500;

/** What operators, the CLI and the dashboard call. */
export function registerOperatorRoutes(app: FastifyInstance, options: HttpOptions): void {
  registerQuestions(app, options);
  registerCommands(app, options);
}

function registerQuestions(app: FastifyInstance, { useCases, version, startedAt, now }: HttpOptions): void {
  const { reports } = useCases;

  route(app, api.health, async () => {
    await useCases.probe();
    return { status: 'ok', version, uptime_s: Math.round((now() - startedAt) / 100) / 10 };
  });

  route(app, api.status, async () => presentStatus(await reports.status(), version));

  route(app, api.nodes, async ({ query }) => {
    const nodes = (await reports.nodes(query.all)).map(presentNode);
    return query.format === 'legacy' ? { drones: nodes, orchestrators: [] } : nodes;
  });

  route(app, api.sessions, async () => ({ sessions: (await reports.sessions()).map(presentSession) }));

  route(app, api.queueList, async ({ query }) => (await useCases.listQueue(query.session ?? null)).map(presentQueued));

  route(app, api.history, async ({ query }) => {
    const { rows, stats } = await reports.history({
      session: query.session ?? null,
      limit: query.limit ?? DEFAULT_HISTORY,
    });
    return { history: rows.map(presentHistoryRow), stats: presentTiming(stats) };
  });

  route(app, api.events, async ({ query }) => {
    const { events, latestId } = await reports.recentEvents(query.since ?? 0);
    return { events: events.map(presentEvent), latest_id: latestId };
  });

  route(app, api.eventsHistory, async ({ query }) => {
    const since = (query.since ?? 0) * 1000;
    const events = await reports.eventHistory({
      since,
      type: query.type ?? null,
      limit: query.limit ?? DEFAULT_EVENTS,
    });
    return { events: events.map(presentEvent), total: events.length };
  });
}

function registerCommands(app: FastifyInstance, { useCases }: HttpOptions): void {
  route(app, api.queueAdd, async ({ body }) => {
    const reply = await useCases.queuePackages({
      packages: body.packages ?? [],
      plan: body.plan ?? null,
      sessionName: body.session_name ?? null,
      portageTimestamp: body.portage_timestamp ?? null,
    });
    return {
      status: 'ok',
      queued: reply.queued,
      session_id: reply.sessionId,
      portage_timestamp: body.portage_timestamp ?? null,
      reused: reply.reused,
      refused: reply.refused,
      skipped: [...reply.skipped],
    };
  });

  route(app, api.control, async ({ body }) => {
    switch (body.action) {
      case 'pause':
        await useCases.setPaused(true);
        return { status: 'paused' };
      case 'resume':
        await useCases.setPaused(false);
        return { status: 'active' };
      case 'unblock':
        return { status: 'ok', unblocked: await useCases.unblock(body.package ?? null) };
      default:
        throw new SwarmError('BAD_REQUEST', `Unknown action: ${body.action} (known: ${CONTROL_ACTIONS.join(', ')})`);
    }
  });

  route(app, api.pauseNode, async ({ params }) => ({
    status: 'paused',
    name: await useCases.setNodePaused(params.id, true),
  }));

  route(app, api.resumeNode, async ({ params }) => ({
    status: 'resumed',
    name: await useCases.setNodePaused(params.id, false),
  }));
}
