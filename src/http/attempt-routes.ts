import type { FastifyInstance } from 'fastify';
import type { Timeline } from '../app/timeline.ts';
import { type Api, api } from '../contract/api.ts';
import type { ReplyOf } from '../contract/endpoint.ts';
import { SwarmError } from '../core/errors.ts';
import { route } from './route.ts';
import type { HttpOptions, UseCases } from './use-cases.ts';

const DEFAULT_LIMIT = 100;

const DEFAULT_BUILDS = 5_000;

/** Builds by number or package, and how large their logs are; and all of them along time. */
export function registerAttemptRoutes(app: FastifyInstance, { useCases }: HttpOptions): void {
  const { findAttempts, readTimeline } = useCases;
  route(app, api.attempts, async ({ query }) => {
    if (query.package === undefined && query.attempt === undefined)
      throw new SwarmError('BAD_REQUEST', 'package: name a package, or a build with `attempt`');
    const found = await findAttempts({
      package: query.package ?? null,
      attempt: query.attempt ?? null,
      drone: query.drone ?? null,
      limit: query.limit ?? DEFAULT_LIMIT,
    });
    return { attempts: found.map(present) };
  });

  route(app, api.timeline, async ({ query }) => {
    const { at, from, builds } = await readTimeline({
      from: query.from === undefined ? null : query.from * 1000,
      to: query.to === undefined ? null : query.to * 1000,
      session: query.session ?? null,
      limit: query.limit ?? DEFAULT_BUILDS,
    });
    return { at: at / 1000, from: from === null ? null : from / 1000, builds: builds.map(presentOnTimeline) };
  });
}

function presentOnTimeline(each: Timeline['builds'][number]): ReplyOf<Api['timeline']>['builds'][number] {
  return {
    ...{ attempt: each.attempt, package: each.package, drone: each.drone, session_id: each.sessionId },
    state: each.state,
    started_at: each.startedAt / 1000,
    ended_at: each.endedAt === null ? null : each.endedAt / 1000,
    ...{ phase: each.phase, failure_class: each.failureClass, after: each.after },
  };
}

type Found = Awaited<ReturnType<UseCases['findAttempts']>>[number];

function present(each: Found): ReplyOf<Api['attempts']>['attempts'][number] {
  return {
    attempt: each.attempt,
    package: each.package,
    drone_id: each.droneId,
    drone_name: each.droneName,
    session_id: each.sessionId,
    state: each.state,
    started_at: each.startedAt / 1000,
    ended_at: each.endedAt === null ? null : each.endedAt / 1000,
    failure_class: each.failureClass,
    phase: each.phase,
    first_error: each.firstError,
    first_error_line: each.firstErrorLine,
    excerpt: each.excerpt,
    conclusion: each.conclusion,
    confidence: each.confidence,
    build_duration_s: each.durationS,
    peak_memory_mb: each.peakMemoryMb,
    disk_mb: each.diskMb,
    cpu_s: each.cpuS,
    log_bytes: each.logBytes,
  };
}
