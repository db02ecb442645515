import { reconcile } from '../core/reconcile.ts';
import type { Deps } from './deps.ts';
import type { Publisher } from './publish.ts';

/**
 * One tick: carry out all decisions that are due. A group of changes that was overtaken is left for
 * the next tick, which sees the new state.
 */
export function reconcileSwarm(deps: Pick<Deps, 'store' | 'hub' | 'clock' | 'policy'> & { publisher: Publisher }) {
  const { store, hub, clock, policy, publisher } = deps;
  let lastTick = clock.now();
  return async (): Promise<void> => {
    const now = clock.now();
    if ((await store.readUnpublished()).length > 0) await publisher.publish();
    for (const changes of reconcile(await store.readReconcileView(), policy, now)) {
      const applied = await store.apply(changes);
      if (applied) hub.announce(applied.events);
    }
    if (await store.hasRetryDue(lastTick, now)) hub.announce([]);
    lastTick = now;
  };
}
