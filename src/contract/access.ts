import { z } from 'zod';
import { CREDENTIAL_KINDS } from '../core/credential.ts';
import { endpoint } from './endpoint.ts';
import { DroneId, DroneName, flag, queryNumber, text } from './vocabulary.ts';

/** A credential without its secret. Times are Unix seconds. */
export const Token = z.object({
  id: z.string(),
  role: z.enum(CREDENTIAL_KINDS),
  name: z.string(),
  drone_id: z.string().nullable(),
  created_at: z.number(),
  expires_at: z.number().nullable(),
  revoked_at: z.number().nullable(),
  last_used_at: z.number().nullable(),
  /** Drones that a join token can still enrol. */
  uses_left: z.number().int().nullable(),
  /** The id of the join token that a drone enrolled with. */
  joined_with: z.string().nullable(),
});

/** The answer of the only moment in which a token is shown. */
const Issued = Token.extend({ token: z.string() });

const TEN_YEARS_S = 315_360_000;

export const enroll = endpoint({
  method: 'POST',
  path: '/api/v1/enroll',
  access: 'open',
  tag: 'access',
  summary:
    'Make this machine a drone: with a join token as bearer token it gets a credential of its own, shown once, which speaks for this id only and replaces the one it had.',
  body: z.object({ id: DroneId, name: DroneName }),
  reply: Issued,
});

export const tokens = endpoint({
  method: 'GET',
  path: '/api/v1/tokens',
  access: 'admin',
  tag: 'access',
  summary: 'The tokens that open something, newest first; with all=true also those that are over.',
  query: z.object({ all: flag, limit: queryNumber({ min: 1, max: 10_000 }) }),
  reply: z.object({ tokens: z.array(Token) }),
});

export const createToken = endpoint({
  method: 'POST',
  path: '/api/v1/tokens',
  access: 'admin',
  tag: 'access',
  summary: 'Make a token. The answer is the only place where it is ever shown.',
  body: z.object({
    role: z.enum(CREDENTIAL_KINDS),
    /** What the audit trail calls its holder. */
    name: text(100).min(1),
    /** Seconds until it ends; never when absent, a day for join tokens. */
    expires_in_s: z.number().int().min(1).max(TEN_YEARS_S).optional(),
    /** Of a drone's token: the drone it speaks for. Of a join token: the only drone it enrols. */
    drone_id: DroneId.optional(),
    /** Drones that a join token enrols; 1 when absent. */
    uses: z.number().int().min(1).max(100_000).optional(),
  }),
  reply: Issued,
});

export const revokeToken = endpoint({
  method: 'DELETE',
  path: '/api/v1/tokens/:id',
  access: 'admin',
  tag: 'access',
  summary: 'From now on this token opens nothing.',
  params: z.object({ id: z.string().min(1).max(64) }),
  reply: Token,
});

export const whoami = endpoint({
  method: 'GET',
  path: '/api/v1/whoami',
  access: 'open',
  tag: 'access',
  summary: 'Who the control plane takes the caller for, and what he may do.',
  reply: z.object({
    name: z.string(),
    role: z.enum([...CREDENTIAL_KINDS, 'nobody']),
    drone_id: z.string().nullable(),
    /** Seconds since 1970 at which the token ends. */
    expires_at: z.number().nullable(),
    address: z.string(),
    auth: z.enum(['token', 'off']),
  }),
});
