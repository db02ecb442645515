import type { Actor } from '../core/actor.ts';
import { type Credential, type CredentialKind, tokenText } from '../core/credential.ts';
import { SwarmError } from '../core/errors.ts';
import { events } from '../core/events.ts';
import type { DroneId } from '../core/ids.ts';
import type { CredentialStore, NewCredential } from './credential-ports.ts';
import type { Clock, EventHub } from './ports.ts';
import { digestOf, newToken } from './secrets.ts';

type Needs = { readonly credentials: CredentialStore; readonly clock: Clock; readonly hub: EventHub };

/** A credential together with its token, which is shown this once. */
export type IssuedCredential = { readonly token: string; readonly credential: Credential };

export type TokenRequest = {
  readonly kind: CredentialKind;
  readonly name: string;
  /** Whom a drone's credential speaks for; the only drone that a join token enrols. */
  readonly droneId: DroneId | null;
  /** From now on; null for ever. */
  readonly lifetimeMs: number | null;
  /** Drones that a join token enrols. */
  readonly uses: number | null;
};

const HOUR_MS = 3_600_000;

/** A join token is written down and passed on, so it is good for one drone and one day unless told otherwise. */
const JOIN_DEFAULTS = { uses: 1, lifetimeMs: 24 * HOUR_MS } as const;

/**
 * Make a token. That of a drone replaces the one it had.
 * @throws SwarmError BAD_REQUEST when the request does not fit its kind
 */
export function createToken({ credentials, clock, hub }: Needs) {
  return async (request: TokenRequest, by: Actor): Promise<IssuedCredential> => {
    const problem = problemOf(request);
    if (problem !== undefined) throw new SwarmError('BAD_REQUEST', problem);
    const { kind, name, droneId } = request;
    const isJoin = kind === 'join';
    const lifetimeMs = request.lifetimeMs ?? (isJoin ? JOIN_DEFAULTS.lifetimeMs : null);
    const usesLeft = isJoin ? (request.uses ?? JOIN_DEFAULTS.uses) : null;
    const { token, made } = issue({ kind, name, droneId, usesLeft, joinedWith: null }, { at: clock.now(), lifetimeMs });
    const said = `${described(made)} created`;
    hub.announce(await credentials.add(made, events.controlled('token_created', said, detailsOf(made), by)));
    return { token, credential: credentialOf(made) };
  };
}

function problemOf({ kind, droneId, uses }: TokenRequest): string | undefined {
  if (kind === 'drone' && droneId === null) return 'drone_id: a drone credential speaks for one drone; say which';
  if (droneId !== null && kind !== 'drone' && kind !== 'join') return `drone_id: means nothing for the role ${kind}`;
  if (uses !== null && kind !== 'join') return `uses: means nothing for the role ${kind}, only for join`;
  return undefined;
}

/** The credentials, newest first. */
export function listTokens({ credentials, clock }: Pick<Needs, 'credentials' | 'clock'>) {
  return async (filter: { readonly all: boolean; readonly limit: number }): Promise<readonly Credential[]> =>
    credentials.list({ ...filter, now: clock.now() });
}

/**
 * From now on the token opens nothing. Once more does no harm.
 * @throws SwarmError NOT_FOUND
 */
export function revokeToken({ credentials, clock, hub }: Needs) {
  return async (id: string, by: Actor): Promise<Credential> => {
    const outcome = await credentials.revoke(id, clock.now(), (credential) =>
      events.controlled('token_revoked', `${described(credential)} revoked`, detailsOf(credential), by),
    );
    if (!outcome) throw new SwarmError('NOT_FOUND', `id: there is no token ${id}`);
    hub.announce(outcome.events);
    return outcome.credential;
  };
}

/**
 * The first token of a control plane that nobody could use otherwise. `keep` stores it for its owner before
 * the database knows it: after a crash in between, the next start makes another one. False when there is a
 * live admin already.
 */
export function createFirstAdmin({ credentials, clock, hub }: Needs) {
  return async (keep: (token: string) => Promise<void>): Promise<boolean> => {
    if (credentials.hasLiveAdmin(clock.now())) return false;
    const { token, made } = issue(
      { kind: 'admin', name: 'first-admin', droneId: null, usesLeft: null, joinedWith: null },
      { at: clock.now(), lifetimeMs: null },
    );
    await keep(token);
    const said = `${described(made)} created`;
    hub.announce(await credentials.add(made, events.controlled('token_created', said, detailsOf(made), ITSELF)));
    return true;
  };
}

/** Who makes the first token. */
const ITSELF: Actor = { name: 'control plane', role: 'admin', address: 'local' };

export type EnrolmentRequest = {
  readonly droneId: DroneId;
  readonly name: string;
  readonly join: Credential;
  readonly address: string;
};

/**
 * A machine becomes a drone: it gets a credential of its own, which replaces the one it had.
 * @throws SwarmError FORBIDDEN when the join token is used up or for another drone, UNAUTHORIZED when it ended
 */
export function enrolDrone({ credentials, clock, hub }: Needs) {
  return async ({ droneId, name, join, address }: EnrolmentRequest): Promise<IssuedCredential> => {
    if (join.kind !== 'join') throw new SwarmError('FORBIDDEN', 'token: only a join token enrols a drone');
    if (join.droneId !== null && join.droneId !== droneId)
      throw new SwarmError('FORBIDDEN', `id: this join token enrols the drone ${join.droneId}, not ${droneId}`);
    const { token, made } = issue(
      { kind: 'drone', name, usesLeft: null, droneId, joinedWith: join.id },
      { at: clock.now(), lifetimeMs: null },
    );
    const by: Actor = { name: `join token ${join.name}`, role: 'drone', address };
    const outcome = await credentials.enrol({ ...made, droneId, joinedWith: join.id }, (replaced) =>
      events.controlled('drone_enrolled', `${name} enrolled${replaced ? ' again' : ''}`, detailsOf(made), by),
    );
    if (outcome === 'used-up') throw new SwarmError('FORBIDDEN', `token: the join token ${join.name} is used up`);
    if (outcome === 'not-live') throw new SwarmError('UNAUTHORIZED', 'token: is unknown, expired or revoked');
    hub.announce(outcome.events);
    return { token, credential: credentialOf(made) };
  };
}

type Given = Omit<NewCredential, 'id' | 'secretHash' | 'createdAt' | 'expiresAt'>;

function issue(given: Given, { at, lifetimeMs }: { at: number; lifetimeMs: number | null }) {
  const parts = newToken();
  const made: NewCredential = {
    ...given,
    id: parts.id,
    secretHash: digestOf(parts.secret),
    createdAt: at,
    expiresAt: lifetimeMs === null ? null : at + lifetimeMs,
  };
  return { token: tokenText(parts), made };
}

function credentialOf({ secretHash: _, ...made }: NewCredential): Credential {
  return { ...made, revokedAt: null, lastUsedAt: null };
}

function described({ kind, name }: Pick<Credential, 'kind' | 'name'>): string {
  return `${kind === 'join' ? 'Join' : kind.charAt(0).toUpperCase() + kind.slice(1)} token ${name}`;
}

function detailsOf({ id, kind, name, droneId }: Pick<Credential, 'id' | 'kind' | 'name' | 'droneId'>) {
  return { token_id: id, token_role: kind, token_name: name, ...(droneId === null ? {} : { drone_id: droneId }) };
}
