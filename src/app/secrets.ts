import { createHash, randomBytes } from 'node:crypto';
import { TOKEN_DIGITS, type TokenParts } from '../core/credential.ts';

/** A token that nobody can foresee, tests included. */
export function newToken(): TokenParts {
  const digits = (count: number) => randomBytes(count / 2).toString('hex');
  return { id: digits(TOKEN_DIGITS.id), secret: digits(TOKEN_DIGITS.secret) };
}

/** What is kept of a secret. A plain SHA-256 is enough for 192 bits of chance: there is nothing to guess. */
export function digestOf(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}
