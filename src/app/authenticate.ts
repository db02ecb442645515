import { timingSafeEqual } from 'node:crypto';
import { type Credential, isLive, parseToken } from '../core/credential.ts';
import type { CredentialStore } from './credential-ports.ts';
import type { Clock } from './ports.ts';
import { digestOf } from './secrets.ts';

/**
 * The live credential that this text is the token of, at once. Undefined for all other texts alike:
 * unknown, wrong, expired and revoked ones cannot be told apart, nor by the time they take.
 */
export type Authenticate = (text: string) => Credential | undefined;

export function authenticate({ credentials, clock }: { credentials: CredentialStore; clock: Clock }): Authenticate {
  return (text) => {
    const parts = parseToken(text);
    const found = parts && credentials.find(parts.id);
    const isRight = timingSafeEqual(digestOf(parts?.secret ?? ''), found?.secretHash ?? NOBODY);
    const now = clock.now();
    if (!found || !isRight || !isLive(found, now)) return undefined;
    credentials.noteUse(found.id, now);
    return found;
  };
}

/** The digest of no secret, so that an unknown id costs what a known one does. */
const NOBODY = new Uint8Array(32);
