import type { Deps } from './deps.ts';
import type { Publisher } from './publish.ts';

export type Recovery = { readonly missingFiles: readonly string[] };

/**
 * Continue where a stopped or killed control plane was: leases run anew (the silence was ours), what
 * was accepted is published, files that are gone leave the index, and left-overs of uploads go.
 */
export function recover(deps: Pick<Deps, 'store' | 'binhost' | 'clock'> & { publisher: Publisher }) {
  return async (): Promise<Recovery> => {
    const { store, binhost, clock, publisher } = deps;
    await store.renewAllLeases(clock.now());
    await publisher.publish();
    const packages = await store.readBinpkgs();
    const damaged = await binhost.findDamaged(packages);
    await store.loseBinpkgs(damaged, clock.now());
    const gone = new Set(damaged.map((each) => each.attempt));
    await binhost.publish(
      packages.filter((each) => !gone.has(each.attempt)),
      clock.now(),
    );
    // What needs a lost package must not be handed out.
    if (damaged.length > 0) await publisher.publish();
    await binhost.sweepStaging((await store.readStaged()).wanted);
    return { missingFiles: damaged.map((each) => each.path) };
  };
}
