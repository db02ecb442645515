/** A row of the queue as it was until `at`. Unix milliseconds. */
export type PastRow = {
  readonly id: number;
  readonly at: number;
  readonly state: string;
  readonly isReady: boolean;
  readonly createdAt: number;
};

/**
 * Seconds that packages waited for a drone once nothing else was in their way. `changes` in the order in which they
 * happened; what was before `from` is not known, so a wait that began then is left out.
 */
export function waitsOf(changes: readonly PastRow[], from: number): readonly number[] {
  const before = new Map<number, PastRow>();
  const waits: number[] = [];
  for (const row of changes) {
    const last = before.get(row.id);
    const since = last?.at ?? (row.createdAt >= from ? row.createdAt : undefined);
    if (row.state === 'needed' && row.isReady && since !== undefined) waits.push(Math.max(0, row.at - since) / 1000);
    // It became ready and was handed out in one go.
    if (row.state === 'delegated' && last?.state === 'needed' && !last.isReady) waits.push(0);
    before.set(row.id, row);
  }
  return waits;
}
