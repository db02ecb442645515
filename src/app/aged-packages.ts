import type { BlockedPackage } from '../core/view.ts';
import type { Deps } from './deps.ts';
import { findHeldBack } from './held-back.ts';
import type { Plans } from './plans.ts';

type Needs = Pick<Deps, 'store' | 'policy'> & { readonly plans: Plans };

/** Those of the aged packages that another chance may help; the others fail for good until their inputs change. */
export async function worthAnotherChance(
  deps: Needs,
  aged: readonly BlockedPackage[],
  now: number,
): Promise<readonly BlockedPackage[]> {
  const { store, plans } = deps;
  const known = await store.cachedFailures.knownAmong(aged.flatMap(({ cpv }) => cpv ?? []));
  if (known.size === 0) return aged;
  const hopeless = new Set<BlockedPackage>();
  for (const each of aged) {
    if (each.cpv === null || each.sessionId === null || !known.has(each.cpv)) continue;
    const plan = await plans.get(each.sessionId);
    if (plan && (await findHeldBack(deps, plan, [each.cpv])).size > 0) hopeless.add(each);
  }
  if (hopeless.size > 0)
    await store.putOffAgeing(
      [...hopeless].map(({ id }) => id),
      now,
    );
  return aged.filter((each) => !hopeless.has(each));
}
