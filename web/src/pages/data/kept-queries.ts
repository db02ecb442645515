/** A query that was run, or kept under a name, in this browser. */
export type KeptQuery = { readonly sql: string; readonly at: number; readonly name?: string | undefined };

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;

const HISTORY = 'build-swarm-queries';
const SAVED = 'build-swarm-saved-queries';
const HISTORY_LENGTH = 60;

/** The newest first. */
export function readHistory(storage: Storage | undefined = browserStorage()): readonly KeptQuery[] {
  return read(storage, HISTORY);
}

/** Puts a query on top; the same one is there once. */
export function remember(query: KeptQuery, storage: Storage | undefined = browserStorage()): readonly KeptQuery[] {
  const others = readHistory(storage).filter(({ sql }) => sql !== query.sql);
  return write(storage, HISTORY, [query, ...others].slice(0, HISTORY_LENGTH));
}

/** By name. */
export function readSaved(storage: Storage | undefined = browserStorage()): readonly KeptQuery[] {
  return read(storage, SAVED);
}

/** Keeps a query under a name; another one of that name goes. */
export function save(query: KeptQuery & { readonly name: string }, storage: Storage | undefined = browserStorage()) {
  const others = readSaved(storage).filter(({ name }) => name !== query.name);
  return write(
    storage,
    SAVED,
    [...others, query].toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1)),
  );
}

/** Forgets what is kept under a name. */
export function forget(name: string, storage: Storage | undefined = browserStorage()): readonly KeptQuery[] {
  return write(
    storage,
    SAVED,
    readSaved(storage).filter((each) => each.name !== name),
  );
}

function browserStorage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    // Storage is forbidden: nothing is kept.
    return undefined;
  }
}

function read(storage: Storage | undefined, key: string): readonly KeptQuery[] {
  try {
    const found: unknown = JSON.parse(storage?.getItem(key) ?? '[]');
    return Array.isArray(found) ? found.filter(isKept) : [];
  } catch {
    // Somebody else has written there.
    return [];
  }
}

function write(storage: Storage | undefined, key: string, queries: readonly KeptQuery[]): readonly KeptQuery[] {
  try {
    storage?.setItem(key, JSON.stringify(queries));
  } catch {
    // It is full: what is kept already stays.
  }
  return queries;
}

function isKept(value: unknown): value is KeptQuery {
  return typeof value === 'object' && value !== null && 'sql' in value && typeof value.sql === 'string';
}
