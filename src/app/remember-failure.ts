import { isProvenFailure } from '../core/cached-failure.ts';
import type { CompletionReport } from '../core/completion.ts';
import { blameOf, type FailureClass } from '../core/failure-class.ts';
import { couldTry } from '../core/grant.ts';
import type { CompletionView } from '../core/view.ts';
import type { Deps } from './deps.ts';
import { findHeldBack } from './held-back.ts';
import type { Plans } from './plans.ts';
import { recipeOf } from './recipe.ts';

type Needs = Pick<Deps, 'store' | 'policy' | 'hub'> & { readonly plans: Plans };
type Failed = {
  readonly view: CompletionView;
  readonly report: CompletionReport;
  readonly failureClass: FailureClass;
  readonly now: number;
};

/** Keep what a failure says of the recipe; when it proves that the recipe fails, it is tried no more, in any session. */
export async function rememberFailure(deps: Needs, { view, report, failureClass, now }: Failed): Promise<void> {
  const { store, policy } = deps;
  const { attempt, drone } = view;
  if (!policy.cachesFailures || blameOf(failureClass) !== 'package' || !attempt || !drone) return;
  const made = await recipeIn(deps, view);
  if (made === undefined) return;
  const firstError = report.facts?.firstError ?? null;
  // A drone that does not say how sure it is may have guessed.
  const isGuess = (report.facts?.confidence ?? 'guess') === 'guess';
  const said = { ...made, attempt: attempt.id, failureClass, firstError };
  const failures = await store.cachedFailures.note({ ...said, droneId: drone.id, isGuess, at: now });
  const canOthersTry = view.others.some((other) => couldTry(other, [...view.failedBy, drone.id]));
  if (!isProvenFailure(failures, canOthersTry)) return;
  const drones = new Set(failures.map(({ droneId }) => droneId)).size;
  await store.cachedFailures.remember({ ...said, drones, failedAt: now });
  await holdTwinsBack(deps, view, made.cpv, now);
}

async function recipeIn({ store, plans }: Needs, { attempt }: CompletionView) {
  const facts = attempt && (await store.readAttempt(attempt.id));
  if (facts?.cpv == null || facts.sessionId === null) return undefined;
  const plan = await plans.get(facts.sessionId);
  const recipe = plan && (await recipeOf({ store }, plan, facts.cpv));
  return recipe === undefined ? undefined : { recipe, cpv: facts.cpv };
}

/** Where it waits to be built for another session it would be tried again. */
async function holdTwinsBack(deps: Needs, { twins }: CompletionView, cpv: string, at: number): Promise<void> {
  const { store, hub, plans } = deps;
  for (const { id, package: name, sessionId } of twins) {
    const plan = sessionId === null ? undefined : await plans.get(sessionId);
    const why = plan && (await findHeldBack(deps, plan, [cpv])).get(cpv);
    if (why === undefined) continue;
    hub.announce(await store.markReadiness({ ready: [], waiting: [], heldBack: [{ id, package: name, ...why, at }] }));
  }
}
