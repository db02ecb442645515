import { decideByCache } from '../core/cached-failure.ts';
import type { FailureClass } from '../core/failure-class.ts';
import type { Deps } from './deps.ts';
import type { PreparedPlan } from './plans.ts';
import { recipeOf } from './recipe.ts';

type Needs = Pick<Deps, 'store' | 'policy'>;

/** Why a package is not tried. */
export type WhyHeldBack = { readonly failureClass: FailureClass; readonly reason: string };

/** Which of these ready packages are known to fail from the very same inputs. Costs next to nothing where none ever failed. */
export async function findHeldBack(
  { store, policy }: Needs,
  plan: PreparedPlan,
  cpvs: readonly string[],
): Promise<ReadonlyMap<string, WhyHeldBack>> {
  const heldBack = new Map<string, WhyHeldBack>();
  if (!policy.cachesFailures || cpvs.length === 0) return heldBack;
  for (const cpv of await store.cachedFailures.knownAmong(cpvs)) {
    const recipe = await recipeOf({ store }, plan, cpv);
    const cached = recipe === undefined ? undefined : await store.cachedFailures.find(recipe);
    // Whoever wants it tried again has it forgotten.
    const decision = decideByCache(cached, false);
    if (cached !== undefined && decision.kind === 'fail')
      heldBack.set(cpv, { failureClass: cached.failureClass, reason: decision.reason });
  }
  return heldBack;
}
