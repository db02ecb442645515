import { isBuildEdge, isRunEdge, type Plan } from './plan.ts';

/** A plan prepared for questions about order. Immutable; made once for a session. */
export type PlanGraph = {
  readonly cpvs: readonly string[];
  /** cpv → what it needs to be compiled (DEPEND, BDEPEND), itself left out. */
  readonly buildNeeds: ReadonlyMap<string, readonly string[]>;
  /** cpv → what comes along when it is installed (RDEPEND, IDEPEND, PDEPEND). */
  readonly runNeeds: ReadonlyMap<string, readonly string[]>;
  /** cpv → who brings it along: `runNeeds` the other way. */
  readonly broughtBy: ReadonlyMap<string, readonly string[]>;
  /** cpv → who names it in either of the two. */
  readonly dependents: ReadonlyMap<string, readonly string[]>;
};

/** Index a plan's edges by package. Edges to packages outside the plan are left out. */
export function planGraph(plan: Plan): PlanGraph {
  const known = new Set(plan.nodes.map((node) => node.cpv));
  // Its tests run the package, and so need what it needs at run time.
  const tested = new Set(plan.nodes.filter((node) => node.use.includes('test')).map((node) => node.cpv));
  const buildNeeds = new Map<string, string[]>();
  const runNeeds = new Map<string, string[]>();
  const broughtBy = new Map<string, string[]>();
  const dependents = new Map<string, string[]>();
  for (const edge of plan.edges) {
    if (edge.from === edge.to || !known.has(edge.from) || !known.has(edge.to)) continue;
    if (isBuildEdge(edge) || (tested.has(edge.from) && isRunEdge(edge))) push(buildNeeds, edge.from, edge.to);
    if (isRunEdge(edge)) {
      push(runNeeds, edge.from, edge.to);
      push(broughtBy, edge.to, edge.from);
    }
    push(dependents, edge.to, edge.from);
  }
  return { cpvs: [...known], buildNeeds, runNeeds, broughtBy, dependents };
}

/**
 * Every package that must be in the binhost before `cpv` can be built: the run-time closure of its
 * build-time dependencies. Members of a run-time cycle are in each other's closure, yet each can be
 * built without the other, since only build-time edges start the walk. A package that is in its own
 * closure can only be built where an older instance of it is installed.
 */
export function buildClosure(graph: PlanGraph, cpv: string): Set<string> {
  const closure = new Set<string>();
  const pending = [...(graph.buildNeeds.get(cpv) ?? [])];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (closure.has(next)) continue;
    closure.add(next);
    for (const need of graph.runNeeds.get(next) ?? []) pending.push(need);
  }
  return closure;
}

/** The answer for one moment of a session: who can be built. */
export type Readiness = { readonly isReady: (cpv: string) => boolean };

/**
 * Readiness when exactly `available` is in the binhost. One pass over the edges marks every package
 * whose installation is incomplete (it, or something it brings along, is missing); a package is
 * ready when none of its build-time dependencies carries the mark.
 */
export function readiness(graph: PlanGraph, available: ReadonlySet<string>): Readiness {
  const incomplete = incompletePackages(graph, available);
  return { isReady: (cpv) => !(graph.buildNeeds.get(cpv) ?? []).some((need) => incomplete.has(need)) };
}

/** Every package that cannot be installed whole: it, or something it brings along, is not available. */
export function incompletePackages(graph: PlanGraph, available: ReadonlySet<string>): Set<string> {
  const incomplete = new Set<string>();
  const pending = graph.cpvs.filter((cpv) => !available.has(cpv));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (incomplete.has(next)) continue;
    incomplete.add(next);
    for (const user of graph.broughtBy.get(next) ?? []) pending.push(user);
  }
  return incomplete;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
