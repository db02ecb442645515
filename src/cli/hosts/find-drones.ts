import { SwarmError } from '../../core/errors.ts';

/** A drone as some control plane lists it. */
export type FoundDrone = {
  readonly name: string;
  /** Null where it is not told, as by version 2. */
  readonly id: string | null;
  readonly address: string;
  readonly isOnline: boolean;
  /** Unix seconds, by the clock of that control plane; null where it is not told. */
  readonly lastSeen: number | null;
};

const LIMIT_MS = 5_000;

/**
 * All drones of a control plane, of this version or the one before; undefined where none answers.
 * @throws SwarmError UNAUTHORIZED where one answers and wants a token
 */
export async function dronesAt(baseUrl: string, token?: string): Promise<readonly FoundDrone[] | undefined> {
  const reply = await ask(`${baseUrl.replace(/\/+$/, '')}/api/v1/nodes?all=true`, token);
  if (reply === undefined) return undefined;
  const isWrapped = typeof reply === 'object' && reply !== null && 'drones' in reply;
  const list: unknown = isWrapped ? reply.drones : reply;
  return Array.isArray(list) ? list.flatMap(droneOf) : undefined;
}

async function ask(url: string, token: string | undefined): Promise<unknown> {
  try {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(LIMIT_MS) });
    if (answer.status === 401 || answer.status === 403)
      throw new SwarmError('UNAUTHORIZED', `${new URL(url).origin} does not show its drones without a token`);
    return answer.ok ? await answer.json() : undefined;
  } catch (error) {
    if (error instanceof SwarmError) throw error;
    return undefined;
  }
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

function droneOf(row: unknown): FoundDrone[] {
  if (typeof row !== 'object' || row === null) return [];
  const { name, id, ip, online, status, last_seen: lastSeen } = row as Record<string, unknown>;
  if (typeof name !== 'string' || !NAME.test(name) || typeof ip !== 'string') return [];
  return [
    {
      name,
      id: typeof id === 'string' ? id : null,
      address: ip,
      isOnline: typeof online === 'boolean' ? online : status === 'online',
      lastSeen: typeof lastSeen === 'number' ? lastSeen : null,
    },
  ];
}

/**
 * Those that the words name, by name or address, in the order of their names; all without words.
 * `onUnknown` hears of words that mean none.
 */
export function chosenDrones(
  drones: readonly FoundDrone[],
  words: readonly string[],
  onUnknown: (words: readonly string[], known: readonly string[]) => void,
): FoundDrone[] {
  const sorted = drones.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  if (words.length === 0) return sorted;
  const isMeant = ({ name, address }: FoundDrone) => words.includes(name) || words.includes(address);
  const unknown = words.filter((word) => !sorted.some(({ name, address }) => word === name || word === address));
  if (unknown.length > 0)
    onUnknown(
      unknown,
      sorted.map(({ name }) => name),
    );
  return sorted.filter(isMeant);
}
