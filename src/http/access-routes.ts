import type { FastifyInstance } from 'fastify';
import type { IssuedCredential } from '../app/manage-credentials.ts';
import { api } from '../contract/api.ts';
import type { Credential } from '../core/credential.ts';
import { SwarmError } from '../core/errors.ts';
import { actorOf } from './actor.ts';
import { callerOf, shownToken } from './auth.ts';
import { route } from './route.ts';
import type { HttpOptions } from './use-cases.ts';

const DEFAULT_LIMIT = 1000;

/** Who may do what: tokens, enrolment, and the question who one is. */
export function registerAccessRoutes(app: FastifyInstance, { useCases, auth }: HttpOptions): void {
  const { access } = useCases;

  route(app, api.enroll, async ({ body }, { request }) => {
    // Also where nobody else has to show anything, since drones outlive that.
    const join = access.authenticate(shownToken(request) ?? '');
    if (join === undefined) throw new SwarmError('UNAUTHORIZED', 'token: this needs a join token that is still good');
    return presentIssued(await access.enrolDrone({ droneId: body.id, name: body.name, join, address: request.ip }));
  });

  route(app, api.tokens, async ({ query }) => {
    const found = await access.listTokens({ all: query.all, limit: query.limit ?? DEFAULT_LIMIT });
    return { tokens: found.map(presentToken) };
  });

  route(app, api.createToken, async ({ body }, { request }) => {
    const { role: kind, name, drone_id: droneId = null, uses = null, expires_in_s: expiresInS } = body;
    const lifetimeMs = expiresInS === undefined ? null : expiresInS * 1000;
    return presentIssued(await access.createToken({ kind, name, droneId, uses, lifetimeMs }, actorOf(request)));
  });

  route(app, api.revokeToken, async ({ params }, { request }) =>
    presentToken(await access.revokeToken(params.id, actorOf(request))),
  );

  route(app, api.whoami, async (_request, { request }) => {
    const { name, kind, droneId, expiresAt } = callerOf(request);
    return {
      name,
      role: kind,
      drone_id: droneId,
      expires_at: seconds(expiresAt),
      address: request.ip,
      auth: auth.mode,
    };
  });
}

function presentIssued({ token, credential }: IssuedCredential) {
  return { ...presentToken(credential), token };
}

function presentToken(credential: Credential) {
  return {
    id: credential.id,
    role: credential.kind,
    name: credential.name,
    drone_id: credential.droneId,
    created_at: credential.createdAt / 1000,
    expires_at: seconds(credential.expiresAt),
    revoked_at: seconds(credential.revokedAt),
    last_used_at: seconds(credential.lastUsedAt),
    uses_left: credential.usesLeft,
    joined_with: credential.joinedWith,
  };
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
