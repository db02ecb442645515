import type { FastifyInstance } from 'fastify';
import type { Forecasts, PackageEstimate } from '../app/forecasts.ts';
import type { SimulateSwarm } from '../app/simulate-swarm.ts';
import { api } from '../contract/api.ts';
import { simulationReply } from '../contract/simulation-reply.ts';
import { presentEstimates, presentPackageEstimate } from './present-estimates.ts';
import { disconnectSignal, route } from './route.ts';

export type EstimateUseCases = { readonly forecasts: Forecasts; readonly simulateSwarm: SimulateSwarm };

const DEFAULT_PAGE = 1_000;
const DEFAULT_SEED = 1;

/** When things are expected to be done, and what would be if. */
export function registerEstimateRoutes(
  app: FastifyInstance,
  { forecasts, simulateSwarm }: EstimateUseCases,
  now: () => number,
): void {
  route(app, api.estimates, async ({ query }) => {
    const { session, package: name, planned, limit = DEFAULT_PAGE, offset = 0 } = query;
    const isAsked = (sessionId: string | null) => session === undefined || sessionId === session;
    const estimates = await forecasts.ask();
    const asked = forecasts.packages(
      (each) => isAsked(each.sessionId) && (name === undefined || isNamed(each.package, name)),
    );
    const packages = planned ? inPlannedOrder(asked) : asked;
    const sessions = estimates.sessions.filter(({ sessionId }) => isAsked(sessionId));
    return {
      ...presentEstimates({ ...estimates, sessions }, now()),
      packages: packages.slice(offset, offset + limit).map(presentPackageEstimate),
      total: packages.length,
    };
  });

  route(app, api.simulate, async ({ body }, wire) => {
    const { workload, session = null, fleet = null, what_if: changes = [], spread = 0, runs = null } = body;
    const wish = {
      ...{ workload: workload?.packages ?? null, session, fleet, changes },
      ...{ spread, runs, seed: body.seed ?? DEFAULT_SEED, isTold: body.schedule === true },
    };
    return simulationReply(await simulateSwarm(wish, disconnectSignal(wire)));
  });
}

function inPlannedOrder(packages: readonly PackageEstimate[]): readonly PackageEstimate[] {
  return packages
    .filter((each) => each.planned !== null)
    .sort((one, other) => (one.planned?.startAt ?? 0) - (other.planned?.startAt ?? 0));
}

/** As the queue names it, with or without the sign of an exact version. */
function isNamed(packageName: string, name: string): boolean {
  return packageName.replace(/^=/, '') === name.replace(/^=/, '');
}
