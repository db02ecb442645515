import { components } from './schedule/components.ts';

type Needs = {
  readonly cpvs: readonly string[];
  readonly buildNeeds: ReadonlyMap<string, readonly string[]>;
  readonly runNeeds: ReadonlyMap<string, readonly string[]>;
};

/**
 * cpv → its turn in `order`, of every package in a circle: its build closure leads back to it. Ascending, and without
 * what `order` does not name. One pass over the edges.
 */
export function turnsIn(needs: Needs, order: readonly string[]): Map<string, number> {
  const inCircle = packagesInCircles(needs);
  const turns = new Map<string, number>();
  if (inCircle.size === 0) return turns;
  for (const [turn, cpv] of order.entries()) if (inCircle.has(cpv) && !turns.has(cpv)) turns.set(cpv, turn);
  return turns;
}

/**
 * Two nodes a package, being built and being installed with all that it brings along, since circles of the latter alone
 * hold up nothing: whoever reaches itself from the former is in a circle.
 */
function packagesInCircles({ cpvs, buildNeeds, runNeeds }: Needs): Set<string> {
  const count = cpvs.length;
  const indexOf = new Map(cpvs.map((cpv, index) => [cpv, index]));
  const installs = (needs: readonly string[] = []) => needs.map((need) => count + (indexOf.get(need) as number));
  const nextOf = [
    ...cpvs.map((cpv) => installs(buildNeeds.get(cpv))),
    ...cpvs.map((cpv, index) => [index, ...installs(runNeeds.get(cpv))]),
  ];
  const found = components(nextOf);
  const sizes = new Int32Array(found.count);
  for (const component of found.componentOf) sizes[component] = (sizes[component] as number) + 1;
  return new Set(cpvs.filter((_, index) => (sizes[found.componentOf[index] as number] as number) > 1));
}
