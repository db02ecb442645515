import type { Deps } from './deps.ts';
import type { Binpkg } from './ports.ts';
import type { Readying } from './refresh-readiness.ts';

export type Publisher = {
  /** Resolves when everything accepted before the call is in the index. */
  publish(): Promise<void>;
};

/**
 * Puts accepted packages into the index that clients read, then tells who became ready. One run at a
 * time; calls that come while one runs share the next. Every step may be repeated after a crash: the
 * list of what is accepted and not published is in the database.
 */
export function createPublisher(
  deps: Pick<Deps, 'store' | 'binhost' | 'clock' | 'hub'> & { readying: Readying },
): Publisher {
  let latest: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return {
    publish: () => {
      // Always behind the latest run, and forgotten in the moment it starts: two never overlap.
      next ??= latest
        .catch(() => {})
        .then(() => {
          next = undefined;
          latest = publishAccepted(deps);
          return latest;
        });
      return next;
    },
  };
}

async function publishAccepted({
  store,
  binhost,
  clock,
  hub,
  readying,
}: Parameters<typeof createPublisher>[0]): Promise<void> {
  const accepted = await store.readUnpublished();
  if (accepted.length > 0) {
    const lost: Binpkg[] = [];
    for (const artifact of accepted) if (!(await binhost.place(artifact))) lost.push(artifact);
    hub.announce(await store.loseBinpkgs(lost, clock.now()));
    await binhost.publish(await store.readBinpkgs(), clock.now());
    await store.markPublished(accepted.map((artifact) => artifact.attempt));
  }
  await readying.refresh();
  hub.announce([]);
}
