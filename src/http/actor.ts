import type { FastifyRequest } from 'fastify';
import type { Actor } from '../core/actor.ts';
import { roleOf } from '../core/credential.ts';
import { callerOf } from './auth.ts';

/** Who makes this request, as the audit trail names him. */
export function actorOf(request: FastifyRequest): Actor {
  const { name, kind } = callerOf(request);
  return { name, role: roleOf(kind), address: request.ip };
}
