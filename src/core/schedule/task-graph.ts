import { awaitedIn } from '../awaited.ts';
import type { PlanGraph } from '../readiness.ts';
import { components } from './components.ts';

/**
 * Who waits for whom, without cycles, on numbers instead of names. The first `taskCount` nodes are packages; the
 * others are gates, which take no time: "this package and all that it brings along is installed". Gates keep the graph
 * as small as the plan, where listing every package's build closure would be quadratic.
 */
export type TaskGraph = {
  readonly names: readonly string[];
  readonly taskCount: number;
  readonly nodeCount: number;
  /** Who comes after node i: `next[nextStart[i]]` up to `next[nextStart[i + 1] - 1]`. */
  readonly nextStart: Int32Array;
  readonly next: Int32Array;
  /** For each node, how many it waits for. */
  readonly needCounts: Int32Array;
  /** All nodes, each after everything it waits for. */
  readonly order: Int32Array;
  /** For each package, how many others name it. */
  readonly dependents: Int32Array;
};

type Arrow = readonly [from: number, to: number];

/**
 * The graph of a plan, with the meaning of `buildClosure`: a package waits for the run-time closure of its build-time
 * dependencies, less what may follow it. Run-time cycles share one gate. A cycle of build-time dependencies is cut where
 * it closes: such a package can only be built where an older instance is installed.
 */
export function planTasks(graph: PlanGraph): TaskGraph {
  const names = graph.cpvs;
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const numbersOf = (needs: readonly string[] | undefined) => (needs ?? []).flatMap((need) => indexOf.get(need) ?? []);
  const runNeeds = names.map((name) => numbersOf(graph.runNeeds.get(name)));
  const { componentOf: gateOf, count: gateCount } = components(runNeeds);
  const awaited = awaitedIn(graph);
  const arrows: Arrow[] = [];
  names.forEach((name, task) => {
    const { whole, alone } = awaited(name);
    const gate = names.length + (gateOf[task] ?? 0);
    arrows.push([task, gate]);
    for (const need of runNeeds[task] ?? [])
      if (gateOf[need] !== gateOf[task]) arrows.push([names.length + (gateOf[need] ?? 0), gate]);
    for (const need of numbersOf(whole)) arrows.push([names.length + (gateOf[need] ?? 0), task]);
    for (const need of numbersOf(alone)) arrows.push([need, task]);
  });
  const dependents = Int32Array.from(names, (name) => graph.dependents.get(name)?.length ?? 0);
  return acyclic({ names, gateCount, arrows, dependents });
}

/** The graph where each package names all that it waits for, itself left out. */
export function listedTasks(tasks: readonly { readonly name: string; readonly needs: readonly string[] }[]): TaskGraph {
  const names = tasks.map((task) => task.name);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const arrows: Arrow[] = [];
  const dependents = new Int32Array(names.length);
  tasks.forEach((task, to) => {
    for (const need of task.needs) {
      const from = indexOf.get(need);
      if (from === undefined || from === to) continue;
      arrows.push([from, to]);
      dependents[from] = (dependents[from] ?? 0) + 1;
    }
  });
  return acyclic({ names, gateCount: 0, arrows, dependents });
}

type Parts = {
  readonly names: readonly string[];
  readonly gateCount: number;
  readonly arrows: readonly Arrow[];
  readonly dependents: Int32Array;
};

function acyclic({ names, gateCount, arrows, dependents }: Parts): TaskGraph {
  const nodeCount = names.length + gateCount;
  const all = indexed(nodeCount, arrows);
  const { order, place } = finishOrder(nodeCount, all);
  // An arrow that points backwards in this order closes a cycle.
  const kept = arrows.filter(([from, to]) => (place[from] as number) < (place[to] as number));
  const needCounts = new Int32Array(nodeCount);
  for (const [, to] of kept) needCounts[to] = (needCounts[to] as number) + 1;
  return { names, taskCount: names.length, nodeCount, ...indexed(nodeCount, kept), needCounts, order, dependents };
}

function indexed(nodeCount: number, arrows: readonly Arrow[]) {
  const nextStart = new Int32Array(nodeCount + 1);
  for (const [from] of arrows) nextStart[from + 1] = (nextStart[from + 1] as number) + 1;
  for (let node = 0; node < nodeCount; node += 1)
    nextStart[node + 1] = (nextStart[node + 1] as number) + (nextStart[node] as number);
  const fill = nextStart.slice();
  const next = new Int32Array(arrows.length);
  for (const [from, to] of arrows) {
    next[fill[from] as number] = to;
    fill[from] = (fill[from] as number) + 1;
  }
  return { nextStart, next };
}

/** Depth first; whoever is finished last comes first. Without cycles that is a topological order (Tarjan, 1976). */
function finishOrder(nodeCount: number, { nextStart, next }: Pick<TaskGraph, 'nextStart' | 'next'>) {
  const order = new Int32Array(nodeCount);
  const place = new Int32Array(nodeCount).fill(-1);
  const cursor = nextStart.slice();
  const isSeen = new Uint8Array(nodeCount);
  let free = nodeCount;
  for (let root = 0; root < nodeCount; root += 1) {
    const stack = isSeen[root] ? [] : [root];
    isSeen[root] = 1;
    while (stack.length > 0) {
      const node = stack[stack.length - 1] as number;
      const at = cursor[node] as number;
      if (at === nextStart[node + 1]) {
        stack.pop();
        free -= 1;
        order[free] = node;
        place[node] = free;
        continue;
      }
      cursor[node] = at + 1;
      const follower = next[at] as number;
      if (isSeen[follower]) continue;
      isSeen[follower] = 1;
      stack.push(follower);
    }
  }
  return { order, place };
}
