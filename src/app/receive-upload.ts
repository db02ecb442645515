import { SwarmError } from '../core/errors.ts';
import { events } from '../core/events.ts';
import type { AttemptId, DroneId } from '../core/ids.ts';
import { currentAttempt } from './append-log.ts';
import type { Deps } from './deps.ts';
import type { Plans } from './plans.ts';
import type { Artifact, AttemptFacts, ByteStream } from './ports.ts';
import { keepDelivery } from './verify-delivery.ts';

export type Upload = {
  readonly attempt: AttemptId;
  readonly droneId: DroneId;
  /** What the drone says the whole file's SHA-256 is, in hex. */
  readonly sha256: string;
  readonly format: 'gpkg' | 'xpak';
  readonly bytes: ByteStream;
};

/** Larger than any Gentoo package has ever been; protects the disk from a drone gone mad. */
const MAX_UPLOAD_BYTES = 32 * 1024 ** 3;

/**
 * Take a binary package: whole, well-formed, and the planned one, or not at all. It stays invisible to
 * clients until the attempt is reported complete.
 * @throws SwarmError UNKNOWN_ATTEMPT, STALE_ATTEMPT, UPLOAD_REFUSED
 */
export function receiveUpload(deps: Pick<Deps, 'store' | 'hub' | 'clock' | 'binhost'> & { plans: Plans }) {
  return async (upload: Upload): Promise<Artifact> => {
    const { store, binhost } = deps;
    const facts = await currentAttempt(store, upload.attempt, upload.droneId);
    const staged = await binhost.stage({ ...upload, maxBytes: MAX_UPLOAD_BYTES });
    const kept = 'refused' in staged ? staged : await keepDelivery(deps, facts, staged);
    return 'refused' in kept ? refuse(deps, facts, kept.refused) : kept;
  };
}

async function refuse(
  { store, hub, clock }: Pick<Deps, 'store' | 'hub' | 'clock'>,
  facts: AttemptFacts,
  reason: string,
): Promise<never> {
  const now = clock.now();
  const drone = { id: facts.droneId, name: facts.droneName };
  const applied = await store.apply([
    { kind: 'event', event: events.refused(drone, facts.package, facts.id, reason), at: now },
  ]);
  hub.announce(applied?.events ?? []);
  throw new SwarmError('UPLOAD_REFUSED', `${facts.package}: ${reason}`);
}
