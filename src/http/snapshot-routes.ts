import type { FastifyInstance } from 'fastify';
import type { PastState } from '../app/past-states.ts';
import { api } from '../contract/api.ts';
import type { ReplyOf } from '../contract/endpoint.ts';
import { SwarmError } from '../core/errors.ts';
import { presentNode, presentQueued, presentStatus } from './present.ts';
import { disconnectSignal, route } from './route.ts';
import type { HttpOptions } from './use-cases.ts';

/** The swarm at an earlier time. */
export function registerSnapshotRoutes(app: FastifyInstance, { useCases, version, now }: HttpOptions): void {
  route(app, api.protocolSnapshot, async ({ query }, wire) => {
    const timestamp = query.at ?? now() / 1000;
    // Of the future no more is known than of now.
    const wish = { time: Math.min(timestamp * 1000, now()), isWithQueue: query.queue };
    const state = await useCases.pastStates.at(wish, disconnectSignal(wire));
    return { timestamp, ...presentPast(state, version) };
  });
}

function presentPast(state: PastState, version: string): Omit<ReplyOf<(typeof api)['protocolSnapshot']>, 'timestamp'> {
  if ('status' in state) {
    const drones = state.status.nodes.map(presentNode);
    return {
      status: presentStatus(state.status, version),
      nodes: { drones, orchestrators: [] },
      ...(state.queue === null ? {} : { queue: state.queue.map(presentQueued) }),
    };
  }
  if ('problem' in state) {
    const code = state.problem === 'busy' ? 'SNAPSHOT_BUSY' : 'SNAPSHOT_FAILED';
    throw new SwarmError(code, `no snapshot was made: ${state.said}`);
  }
  const { unknownBefore: since } = state;
  const reason =
    since === null
      ? 'nothing has happened in this swarm yet'
      : `nothing is known of the time before ${since / 1000} (${new Date(since).toISOString()}): the history of states begins there`;
  return { status: {}, nodes: {}, reason };
}
