import { createHash } from 'node:crypto';
import { recipeText } from '../core/cached-failure.ts';
import { buildClosure } from '../core/readiness.ts';
import type { Deps } from './deps.ts';
import type { PreparedPlan } from './plans.ts';

/**
 * What a planned package is built from, as the hash of its recipe: version, USE flags and repository of the plan, and
 * of everything it is built against the very file that is published. Undefined for what is not in the plan.
 */
export async function recipeOf(
  { store }: Pick<Deps, 'store'>,
  plan: PreparedPlan,
  cpv: string,
): Promise<string | undefined> {
  const node = plan.nodes.get(cpv);
  if (node === undefined) return undefined;
  const needs = [...buildClosure(plan.graph, cpv)];
  const published = (await store.findBinpkgs(needs)).filter((each) => each.isPublished);
  const builds = new Map(published.map((each) => [each.cpv, each.sha256]));
  const closure = needs.map((need) => ({ cpv: need, build: builds.get(need) ?? null }));
  const text = recipeText({ cpv, repository: node.repo, use: node.use, source: null, settings: null, closure });
  return createHash('sha256').update(text).digest('hex');
}
