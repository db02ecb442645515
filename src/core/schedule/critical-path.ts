import type { TaskGraph } from './task-graph.ts';
import { upwardRanksS } from './upward-rank.ts';

/** What decides when the last package is built, were there drones enough. */
export type CriticalPath = {
  /** One longest chain, in the order of building; without what takes no time. */
  readonly tasks: readonly number[];
  /** Seconds of it. */
  readonly totalS: number;
  /** For each package the seconds of the longest chain that begins with it. */
  readonly ranksS: Float64Array;
  /** For each package how many seconds later it may end without the whole becoming longer; 0 on every longest chain. */
  readonly slacksS: Float64Array;
};

/** The longest chain through the graph by `weightS(task)`: the seconds that a package takes. Two passes over the edges. */
export function criticalPath(graph: TaskGraph, weightS: (task: number) => number): CriticalPath {
  const { taskCount } = graph;
  const own = Float64Array.from({ length: graph.nodeCount }, (_, node) => (node < taskCount ? weightS(node) : 0));
  const ranks = upwardRanksS(graph, (task) => own[task] as number);
  const heads = headsS(graph, own);
  const ranksS = ranks.slice(0, taskCount);
  const totalS = ranksS.reduce((longest, rank) => Math.max(longest, rank), 0);
  // Sums of the same numbers in another order differ by less than this.
  const slacksS = ranksS.map((rank, task) => {
    const slack = totalS - rank - (heads[task] as number);
    return slack < EPSILON_S ? 0 : slack;
  });
  return { tasks: longestChain(graph, own, ranks), totalS, ranksS, slacksS };
}

const EPSILON_S = 1e-6;

/** Seconds of the longest chain that must be through before a node begins. */
function headsS({ nodeCount, order, nextStart, next }: TaskGraph, own: Float64Array): Float64Array {
  const heads = new Float64Array(nodeCount);
  for (const node of order) {
    const end = (heads[node] as number) + (own[node] as number);
    for (let at = nextStart[node] as number; at < (nextStart[node + 1] as number); at += 1) {
      const follower = next[at] as number;
      if ((heads[follower] as number) < end) heads[follower] = end;
    }
  }
  return heads;
}

function longestChain({ nextStart, next, taskCount }: TaskGraph, own: Float64Array, ranks: Float64Array): number[] {
  const chain: number[] = [];
  const tasks = Int32Array.from({ length: taskCount }, (_, task) => task);
  for (let node = highest(tasks, ranks); node !== undefined; ) {
    if (node < taskCount && (own[node] as number) > 0) chain.push(node);
    node = highest(next.subarray(nextStart[node], nextStart[node + 1]), ranks);
  }
  return chain;
}

/** The node of the highest rank above 0; of equals the first. */
function highest(nodes: Int32Array, ranks: Float64Array): number | undefined {
  let best: number | undefined;
  for (const node of nodes)
    if ((ranks[node] as number) > (best === undefined ? 0 : (ranks[best] as number))) best = node;
  return best;
}
