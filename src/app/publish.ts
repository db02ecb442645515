import type { Deps } from './deps.ts';
import type { Artifact, Binpkg } from './ports.ts';
import type { Readying } from './refresh-readiness.ts';

export type Publisher = {
  /** Resolves when everything accepted before the call is in the index. */
  publish(): Promise<void>;
  /** Resolves when nothing is being published, whether that went well or not. */
  settle(): Promise<void>;
};

type PublishDeps = Pick<Deps, 'store' | 'binhost' | 'clock' | 'hub'> & { readonly readying: Readying };

/**
 * Adds accepted packages to the index that clients read, then tells who became ready. One run at a
 * time; calls that come while one runs share the next. Every step may be repeated after a crash: the
 * list of what is accepted and not published is in the database. The index as a whole is written by
 * recovery, before anything is added.
 */
export function createPublisher(deps: PublishDeps): Publisher {
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
    settle: () => (next ?? latest).catch(() => {}),
  };
}

async function publishAccepted(deps: PublishDeps): Promise<void> {
  const { store, binhost, clock, hub, readying } = deps;
  const placed = await placeAccepted(deps);
  if (placed.length > 0) {
    await binhost.publishMore(placed, clock.now());
    await store.markPublished(placed.map((artifact) => artifact.attempt));
  }
  await readying.refresh();
  hub.announce([]);
}

/** Put what is accepted and not published at its place. What is nowhere any more is given up, and not in the answer. */
export async function placeAccepted({
  store,
  binhost,
  clock,
  hub,
}: Pick<Deps, 'store' | 'binhost' | 'clock' | 'hub'>): Promise<readonly Artifact[]> {
  const placed: Binpkg[] = [];
  const lost: Binpkg[] = [];
  for (const artifact of await store.readUnpublished())
    ((await binhost.place(artifact)) ? placed : lost).push(artifact);
  if (lost.length > 0) hub.announce(await store.loseBinpkgs(lost, clock.now()));
  return placed;
}
