import type { FastifyInstance } from 'fastify';
import type { PlanPart } from '../app/drawn-part.ts';
import type { DrawPlan } from '../app/drawn-plan.ts';
import { type Api, api } from '../contract/api.ts';
import type { ReplyOf } from '../contract/endpoint.ts';
import { presentSession } from './present.ts';
import { route } from './route.ts';

type GraphReply = ReplyOf<Api['sessionGraph']>;

const DEFAULT_LIMIT = 5_000;

/** The plan of a session as a graph. */
export function registerSessionGraphRoutes(app: FastifyInstance, { drawPlan }: { readonly drawPlan: DrawPlan }): void {
  route(app, api.sessionGraph, async ({ params, query }) => {
    const { package: name = null, limit = DEFAULT_LIMIT } = query;
    const { session, at, total, hasPlan, ...part } = await drawPlan(params.id, { package: name, limit });
    return { session: presentSession(session), at: at / 1000, total, has_plan: hasPlan, ...presentPart(part) };
  });
}

function presentPart({
  packages,
  edges,
  circles,
  path,
}: PlanPart): Omit<GraphReply, 'session' | 'at' | 'total' | 'has_plan'> {
  const isOnPath = new Set(path.packages);
  const circleOf = new Map(circles.flatMap(({ members }, circle) => members.map((place) => [place, circle] as const)));
  return {
    nodes: packages.map((each, place) => ({
      ...{ id: each.id, package: each.package, state: each.state, ready: each.isReady, drone: each.drone },
      ...{ attempt: each.attempt, failures: each.failures, failure_class: each.failureClass },
      expected_s: each.expectedS === null ? null : tenths(each.expectedS),
      source: each.source,
      ...{ left_s: tenths(each.leftS), rank_s: tenths(each.rankS), slack_s: tenths(each.slackS) },
      ...{ on_critical_path: isOnPath.has(place), circle: circleOf.get(place) ?? null },
    })),
    edges: edges.map(({ from, to, isBuild, isRun, isCut }) => ({
      ...{ from, to, types: isBuild ? (isRun ? ['build', 'run'] : ['build']) : ['run'] },
      ...(isCut ? { cut: true } : {}),
    })),
    circles: circles.map(({ kind, members }) => ({ kind, packages: [...members] })),
    critical_path: { of: path.of, total_s: tenths(path.totalS), packages: [...path.packages] },
  };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
