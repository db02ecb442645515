import type { Role } from './actor.ts';
import type { DroneId } from './ids.ts';

/** What a credential is for. A join token does one thing: it lets a machine enrol as a drone. */
export const CREDENTIAL_KINDS = ['admin', 'operator', 'viewer', 'drone', 'join'] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** A credential without its secret. Times are Unix milliseconds. */
export type Credential = {
  readonly id: string;
  readonly kind: CredentialKind;
  /** What the audit trail calls its holder. */
  readonly name: string;
  /** The drone it speaks for; of a join token, the only drone it enrols. */
  readonly droneId: DroneId | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** To the minute. */
  readonly lastUsedAt: number | null;
  /** Enrolments that a join token is still good for. */
  readonly usesLeft: number | null;
  /** The join token that it was enrolled with. */
  readonly joinedWith: string | null;
};

/** Who sends a request, as far as he has shown. `nobody` has shown nothing where that is not enough to look. */
export type Standing = CredentialKind | 'nobody';

/** What an endpoint asks for; the words of the contract's `access`. */
export type Needed = 'open' | Role;

const OPENS: Readonly<Record<Standing, readonly Needed[]>> = {
  nobody: ['open'],
  join: ['open'],
  viewer: ['open', 'viewer'],
  drone: ['open', 'viewer', 'drone'],
  operator: ['open', 'viewer', 'operator'],
  admin: ['open', 'viewer', 'drone', 'operator', 'admin'],
};

/** Whether somebody of this standing may call an endpoint that asks for `needed`. */
export function mayCall(standing: Standing, needed: Needed): boolean {
  return OPENS[standing].includes(needed);
}

/** The role in which the audit trail shows somebody. */
export function roleOf(standing: Standing): Role {
  if (standing === 'nobody') return 'viewer';
  return standing === 'join' ? 'drone' : standing;
}

/** Whether it still opens anything. Uses of a join token are counted where it is used. */
export function isLive({ revokedAt, expiresAt }: Pick<Credential, 'revokedAt' | 'expiresAt'>, now: number): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

/**
 * Whether the holder may have a drone called this. A drone that enrolled has the name it enrolled under: a name
 * says who is a sweeper, and could be that of another drone.
 */
export function mayBeCalled(
  { kind, name, joinedWith }: Pick<Credential, 'kind' | 'name' | 'joinedWith'>,
  wish: unknown,
) {
  return kind !== 'drone' || joinedWith === null || typeof wish !== 'string' || wish === name;
}

/** Whether the holder may name this drone in a request of drones: a drone only itself, others any. */
export function maySpeakFor({ kind, droneId }: { kind: Standing; droneId: DroneId | null }, id: unknown): boolean {
  return kind !== 'drone' || id === droneId;
}

/** The two halves of a token: a public number that finds the credential, and what only its holder knows. */
export type TokenParts = { readonly id: string; readonly secret: string };

/** Digits of the two halves, which are hexadecimal: 48 and 192 bits. */
export const TOKEN_DIGITS = { id: 12, secret: 48 } as const;

const TOKEN = /^bsw_([0-9a-f]{12})_([0-9a-f]{48})$/;

/** The text that people copy: recognisable in a leak, selected by one double click, safe in any shell or header. */
export function tokenText({ id, secret }: TokenParts): string {
  return `bsw_${id}_${secret}`;
}

/** The halves of a token; undefined for any other text. */
export function parseToken(text: string): TokenParts | undefined {
  const [, id, secret] = TOKEN.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}
