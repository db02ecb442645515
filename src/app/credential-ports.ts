import type { Credential } from '../core/credential.ts';
import type { SwarmEvent } from '../core/events.ts';
import type { DroneId } from '../core/ids.ts';
import type { StoredEvent } from './ports.ts';

/** A credential with what its secret is compared with: the SHA-256 of it. */
export type StoredCredential = Credential & { readonly secretHash: Uint8Array };

/** A credential that comes into being. */
export type NewCredential = Omit<StoredCredential, 'revokedAt' | 'lastUsedAt'>;

export type Enrolment =
  /** The join token has no use left. */
  | 'used-up'
  /** It was revoked or ran out in the meantime. */
  | 'not-live'
  | { readonly replaced: Credential | undefined; readonly events: readonly StoredEvent[] };

/** Where credentials are kept. A change holds for the next `find`, before it is committed. */
export type CredentialStore = {
  /** At once, mostly from memory: this is asked with every request. Also those that are no longer live. */
  find(id: string): StoredCredential | undefined;
  /** Newest first, at most `limit`; only live ones unless `all`. */
  list(filter: { readonly all: boolean; readonly limit: number; readonly now: number }): readonly Credential[];
  hasLiveAdmin(now: number): boolean;
  /** A drone has one credential: adding another revokes the one it had. */
  add(credential: NewCredential, event: SwarmEvent): Promise<readonly StoredEvent[]>;
  /**
   * As `add`, and counts one use of the join token; none when the drone's credential is from the same join
   * token and was never used, since then only the answer was lost.
   */
  enrol(
    credential: NewCredential & { readonly droneId: DroneId; readonly joinedWith: string },
    eventFor: (replaced: Credential | undefined) => SwarmEvent,
  ): Promise<Enrolment>;
  /** Undefined when there is no such credential; no events when it was revoked before. */
  revoke(
    id: string,
    now: number,
    eventFor: (credential: Credential) => SwarmEvent,
  ): Promise<{ readonly credential: Credential; readonly events: readonly StoredEvent[] } | undefined>;
  /** Note a use; written at most once a minute for each credential, and never waited for. */
  noteUse(id: string, now: number): void;
};
