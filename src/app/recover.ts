import { events } from '../core/events.ts';
import type { Deps } from './deps.ts';
import type { ForeignPackages } from './ports.ts';
import { type Publisher, placeAccepted } from './publish.ts';

export type Recovery = {
  /** Files of the binhost that are gone. */
  readonly missingFiles: readonly string[];
  /** What lay in the binhost that is not ours. */
  readonly foreign: ForeignPackages | undefined;
};

type Needs = Pick<Deps, 'store' | 'binhost' | 'clock' | 'hub'> & { readonly publisher: Publisher };

/**
 * Continue where a stopped or killed control plane was: leases run anew (the silence was ours), what
 * was accepted is published, files that are gone leave the index, and left-overs of uploads go.
 */
export function recover(deps: Needs) {
  return async (): Promise<Recovery> => {
    const { store, binhost, clock, publisher } = deps;
    await store.renewAllLeases(clock.now());
    const written = await writeWholeIndex(deps);
    // What became ready, and what must not be handed out any more.
    await publisher.publish();
    await binhost.sweepStaging((await store.readStaged()).wanted);
    return written;
  };
}

async function writeWholeIndex(deps: Needs): Promise<Recovery> {
  const { store, binhost, clock } = deps;
  const placed = await placeAccepted(deps);
  const packages = await store.readBinpkgs();
  const damaged = await binhost.findDamaged(packages);
  await store.loseBinpkgs(damaged, clock.now());
  const foreign = await binhost.keepForeignIndex(packages);
  if (foreign) await tell(deps, foreign);
  const gone = new Set(damaged.map((each) => each.attempt));
  await binhost.publish(
    packages.filter((each) => !gone.has(each.attempt)),
    clock.now(),
  );
  await store.markPublished(placed.map((artifact) => artifact.attempt));
  return { missingFiles: damaged.map((each) => each.path), foreign };
}

async function tell({ store, clock }: Needs, { dir, count, keptAs }: ForeignPackages): Promise<void> {
  await store.apply([{ kind: 'event', event: events.foreignPackages(dir, count, keptAs), at: clock.now() }]);
}
