import type { CredentialStore, Enrolment, NewCredential, StoredCredential } from '../../app/credential-ports.ts';
import { type Credential, type CredentialKind, isLive } from '../../core/credential.ts';
import { makeRecordEvent } from './apply.ts';
import type { Write } from './group-commit.ts';
import type { Connection } from './open.ts';

type CredentialRow = {
  id: string;
  kind: CredentialKind;
  name: string;
  secret_hash: Buffer;
  drone_id: string | null;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
  uses_left: number | null;
  joined_with: string | null;
};

/** How exact the time of the last use is. */
const USE_PERIOD_MS = 60_000;

/** Credentials by their digests. Those in use are in memory, since they are asked for with every request. */
export function makeCredentialStore(connection: Connection, write: Write): CredentialStore {
  const statements = prepare(connection);
  const cache = createCache((id) => {
    const row = statements.one.get(id);
    return row && storedCredential(row);
  });
  const recordEvent = makeRecordEvent(connection);
  // What a write that failed has put into memory is not so.
  const change = <T>(work: () => T): Promise<T> =>
    write(work).catch((error: unknown) => {
      cache.clear();
      throw error;
    });
  const current = (droneId: string): Credential | undefined => {
    const row = statements.ofDrone.get(droneId);
    return row && credential(row);
  };
  const insert = (made: NewCredential): void => {
    const old = made.kind === 'drone' && made.droneId !== null ? current(made.droneId) : undefined;
    if (old !== undefined) {
      statements.revoke.run(made.createdAt / 1000, old.id);
      cache.drop(old.id);
    }
    statements.add.run(parametersOf(made));
    cache.drop(made.id);
  };
  return {
    find: cache.find,
    list: ({ all, limit, now }) =>
      (all ? statements.all.all(limit) : statements.live.all(now / 1000, limit)).map(credential),
    hasLiveAdmin: (now) => statements.liveAdmin.get(now / 1000) !== undefined,
    add: (made, event) =>
      change(() => {
        insert(made);
        return [recordEvent(event, made.createdAt)];
      }),
    enrol: (made, eventFor) =>
      change((): Enrolment => {
        const join = statements.one.get(made.joinedWith);
        if (!join || !isLive(credential(join), made.createdAt)) return 'not-live';
        const replaced = current(made.droneId);
        const isRepeated = replaced?.joinedWith === join.id && replaced.lastUsedAt === null;
        if (!isRepeated && statements.use.run(join.id).changes === 0) return 'used-up';
        cache.drop(join.id);
        insert(made);
        return { replaced, events: [recordEvent(eventFor(replaced), made.createdAt)] };
      }),
    revoke: (id, now, eventFor) =>
      change(() => {
        const row = statements.one.get(id);
        if (!row) return undefined;
        if (row.revoked_at !== null) return { credential: credential(row), events: [] };
        statements.revoke.run(now / 1000, id);
        cache.drop(id);
        const revoked = { ...credential(row), revokedAt: now };
        return { credential: revoked, events: [recordEvent(eventFor(revoked), now)] };
      }),
    noteUse: (id, now) => {
      if (!cache.isNews(id, now)) return;
      // Nobody waits for it, and a disk that is full says so elsewhere.
      write(() => statements.used.run(now / 1000, id)).catch(() => undefined);
    },
  };
}

function prepare(connection: Connection) {
  return {
    one: connection.prepare<[string], CredentialRow>('SELECT * FROM credentials WHERE id = ?'),
    ofDrone: connection.prepare<[string], CredentialRow>(
      "SELECT * FROM credentials WHERE kind = 'drone' AND drone_id = ? AND revoked_at IS NULL",
    ),
    liveAdmin: connection.prepare<[number], { one: 1 }>(
      `SELECT 1 AS one FROM credentials
       WHERE kind = 'admin' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?) LIMIT 1`,
    ),
    live: connection.prepare<[number, number], CredentialRow>(
      `SELECT * FROM credentials
       WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?) AND uses_left IS NOT 0
       ORDER BY created_at DESC, id LIMIT ?`,
    ),
    all: connection.prepare<[number], CredentialRow>('SELECT * FROM credentials ORDER BY created_at DESC, id LIMIT ?'),
    add: connection.prepare(
      `INSERT INTO credentials
         (id, kind, name, secret_hash, drone_id, created_at, expires_at, uses_left, joined_with)
       VALUES (@id, @kind, @name, @secretHash, @droneId, @createdAt, @expiresAt, @usesLeft, @joinedWith)`,
    ),
    use: connection.prepare('UPDATE credentials SET uses_left = uses_left - 1 WHERE id = ? AND uses_left > 0'),
    revoke: connection.prepare('UPDATE credentials SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL'),
    used: connection.prepare('UPDATE credentials SET last_used_at = ? WHERE id = ?'),
  };
}

function parametersOf(made: NewCredential) {
  const { createdAt, expiresAt } = made;
  return { ...made, createdAt: createdAt / 1000, expiresAt: expiresAt === null ? null : expiresAt / 1000 };
}

function credential(row: CredentialRow): Credential {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    droneId: row.drone_id,
    createdAt: row.created_at * 1000,
    expiresAt: milliseconds(row.expires_at),
    revokedAt: milliseconds(row.revoked_at),
    lastUsedAt: milliseconds(row.last_used_at),
    usesLeft: row.uses_left,
    joinedWith: row.joined_with,
  };
}

function storedCredential(row: CredentialRow): StoredCredential {
  return { ...credential(row), secretHash: row.secret_hash };
}

function milliseconds(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}

/** Credentials in memory; more than a fleet has, so that guesses cannot fill it. */
const CACHED = 20_000;

type Entry = { readonly credential: StoredCredential; notedAt: number };

function createCache(read: (id: string) => StoredCredential | undefined) {
  const entries = new Map<string, Entry>();
  return {
    find: (id: string): StoredCredential | undefined => {
      const known = entries.get(id);
      if (known !== undefined) return known.credential;
      const found = read(id);
      if (found === undefined) return undefined;
      if (entries.size >= CACHED) entries.clear();
      entries.set(id, { credential: found, notedAt: found.lastUsedAt ?? 0 });
      return found;
    },
    drop: (id: string): void => void entries.delete(id),
    clear: (): void => entries.clear(),
    /** Whether a use is to be written; the clock may have been set back. */
    isNews: (id: string, now: number): boolean => {
      const entry = entries.get(id);
      if (entry === undefined || Math.abs(now - entry.notedAt) < USE_PERIOD_MS) return false;
      entry.notedAt = now;
      return true;
    },
  };
}
