import { turnsIn } from './circles.ts';
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
  /** cpv → its place in the merge order, ascending; only of packages in a circle: their build closure leads back to them. */
  readonly turns: ReadonlyMap<string, number>;
};

/** Index a plan's edges by package. Edges to packages outside the plan are left out. */
export function planGraph(plan: Plan): PlanGraph {
  const known = new Set(plan.nodes.map((node) => node.cpv));
  const edges = plan.edges.filter(({ from, to }) => from !== to && known.has(from) && known.has(to));
  const runNeeds = new Map<string, string[]>();
  const broughtBy = new Map<string, string[]>();
  const dependents = new Map<string, string[]>();
  for (const edge of edges) {
    if (isRunEdge(edge)) {
      push(runNeeds, edge.from, edge.to);
      push(broughtBy, edge.to, edge.from);
    }
    push(dependents, edge.to, edge.from);
  }
  const all = buildNeedsIn(plan, edges, () => true);
  const turns = turnsIn({ cpvs: [...known], buildNeeds: all, runNeeds }, plan.merge_order);
  const buildNeeds = turns.size === 0 ? all : buildNeedsIn(plan, edges, (from, to) => !mayFollow({ turns }, from, to));
  return { cpvs: [...known], buildNeeds, runNeeds, broughtBy, dependents, turns };
}

/** `isTestable` says which of what a tested package needs at run time must be there for its tests. */
function buildNeedsIn(
  { nodes }: Plan,
  edges: Plan['edges'],
  isTestable: (from: string, to: string) => boolean,
): Map<string, string[]> {
  // Its tests run the package, and so need what it needs at run time.
  const tested = new Set(nodes.filter((node) => node.use.includes('test')).map((node) => node.cpv));
  const buildNeeds = new Map<string, string[]>();
  for (const edge of edges) {
    const { from, to } = edge;
    if (isBuildEdge(edge) || (tested.has(from) && isRunEdge(edge) && isTestable(from, to))) push(buildNeeds, from, to);
  }
  return buildNeeds;
}

/**
 * Every package that must be in the binhost before `cpv` can be built: the run-time closure of its
 * build-time dependencies. Members of a run-time cycle are in each other's closure, yet each can be
 * built without the other, since only build-time edges start the walk. Of packages in a circle, what `mayFollow` is
 * left out: Portage's order says where to begin. A circle of build-time dependencies alone stays one, and can only be
 * built where an older instance is installed.
 */
export function buildClosure(graph: PlanGraph, cpv: string): Set<string> {
  const needs = graph.buildNeeds.get(cpv) ?? [];
  const closure = bringAlong(graph, needs);
  if (!graph.turns.has(cpv)) return closure;
  const direct = new Set(needs);
  for (const need of closure) if (!direct.has(need) && mayFollow(graph, cpv, need)) closure.delete(need);
  return closure;
}

/** These packages and all that comes along when they are installed. */
export function bringAlong(graph: PlanGraph, cpvs: readonly string[]): Set<string> {
  const closure = new Set(cpvs);
  // Loops over what it grows.
  for (const each of closure) for (const need of graph.runNeeds.get(each) ?? []) closure.add(need);
  return closure;
}

/**
 * Whether `need`, which what `cpv` needs brings along, may be built after `cpv`: both are in a circle, and it is not
 * its turn earlier in Portage's order. What `cpv` itself needs to be compiled never may.
 */
export function mayFollow({ turns }: Pick<PlanGraph, 'turns'>, cpv: string, need: string): boolean {
  return (turns.get(need) ?? ALWAYS) >= (turns.get(cpv) ?? Number.POSITIVE_INFINITY);
}

/** The turn of what is in no circle, when it is missing: before everything. */
export const ALWAYS = -1;

/** The answer for one moment of a session: who can be built. */
export type Readiness = { readonly isReady: (cpv: string) => boolean };

/**
 * Readiness when exactly `available` is in the binhost. One pass over the edges marks every package
 * whose installation is incomplete (it, or something it brings along, is missing); a package is
 * ready when none of its build-time dependencies carries the mark.
 */
export function readiness(graph: PlanGraph, available: ReadonlySet<string>): Readiness {
  const incomplete = incompletePackages(graph, available);
  return {
    isReady: (cpv) => {
      const holdsUp = holdingUp(graph, incomplete, cpv);
      return !(graph.buildNeeds.get(cpv) ?? []).some((need) => !available.has(need) || holdsUp(need));
    },
  };
}

/**
 * Every package that cannot be installed whole: it, or something it brings along, is not available. With the earliest turn
 * of what is missing, `ALWAYS` when that is in no circle.
 */
export function incompletePackages(graph: PlanGraph, available: ReadonlySet<string>): Map<string, number> {
  const incomplete = new Map<string, number>();
  for (const cpv of graph.cpvs)
    if (!available.has(cpv) && !graph.turns.has(cpv)) spread(graph, incomplete, { cpv, turn: ALWAYS });
  // Ascending, so that whoever comes first leaves the earliest.
  for (const [cpv, turn] of graph.turns) if (!available.has(cpv)) spread(graph, incomplete, { cpv, turn });
  return incomplete;
}

function spread(graph: PlanGraph, incomplete: Map<string, number>, first: { cpv: string; turn: number }): void {
  const pending = [first.cpv];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (incomplete.has(next)) continue;
    incomplete.set(next, first.turn);
    for (const user of graph.broughtBy.get(next) ?? []) pending.push(user);
  }
}

/** Whether what a need of `cpv` brings along lacks something that may not follow `cpv`. */
export function holdingUp(graph: PlanGraph, incomplete: ReadonlyMap<string, number>, cpv: string) {
  const turn = graph.turns.get(cpv) ?? Number.POSITIVE_INFINITY;
  return (need: string): boolean => (incomplete.get(need) ?? Number.POSITIVE_INFINITY) < turn;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
