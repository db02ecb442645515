import type { Clock, EventHub } from './ports.ts';

type Needs = {
  readonly hub: EventHub;
  readonly clock: Clock;
  /** Write something, whatever it is. */
  readonly probe: () => Promise<void>;
};

/** So old may a proof be. A failure is as good as a proof: it is not tried again any sooner. */
const VALID_MS = 1_000;

/**
 * Whether the database takes a write; rejects when it does not. Proven by whatever was committed a moment ago,
 * otherwise by a write of its own, one at a time for all who ask.
 */
export function proveWritable({ hub, clock, probe }: Needs): () => Promise<void> {
  let proof: Promise<void> | undefined;
  let proofAt = Number.NEGATIVE_INFINITY;

  const renew = (fresh: Promise<void>) => {
    proof = fresh;
    proofAt = clock.elapsed();
    return fresh;
  };

  // An event is announced when it is committed and on the disk.
  hub.subscribe((events) => {
    if (events.length > 0) void renew(Promise.resolve());
  });

  return () => {
    if (proof !== undefined && clock.elapsed() - proofAt < VALID_MS) return proof;
    return renew(probe());
  };
}
