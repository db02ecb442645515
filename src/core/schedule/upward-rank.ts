import type { TaskGraph } from './task-graph.ts';

/**
 * Upward rank of every node: seconds of the longest chain that begins with it (Topcuoglu, Hariri, Wu: HEFT, 2002).
 * `weightS(task)` is what to allow for a package on a drone of slowness 1:
 * `cautiousS`, since what little is known of may be long, and must not begin last. One pass over the edges, so it is simply
 * done again when knowledge has changed.
 */
export function upwardRanksS(graph: TaskGraph, weightS: (task: number) => number): Float64Array {
  const ranks = new Float64Array(graph.nodeCount);
  for (let place = graph.nodeCount - 1; place >= 0; place -= 1) {
    const node = graph.order[place] as number;
    const own = node < graph.taskCount ? weightS(node) : 0;
    ranks[node] = own + longestAfter(graph, node, ranks);
  }
  return ranks;
}

function longestAfter(graph: TaskGraph, node: number, ranks: Float64Array): number {
  let longest = 0;
  const end = graph.nextStart[node + 1] as number;
  for (let at = graph.nextStart[node] as number; at < end; at += 1) {
    longest = Math.max(longest, ranks[graph.next[at] as number] as number);
  }
  return longest;
}
