import type { TaskGraph } from './task-graph.ts';

const NONE = -1;

/**
 * For each package the one that it waited for last: of all that it needs, whoever ended last; -1 where nothing of that
 * ended in the run. `endOf` says when a package ended, in any unit, NaN for one that did not.
 */
export function lastNeeds(graph: TaskGraph, endOf: (task: number) => number): Int32Array {
  const { nodeCount, taskCount, order, nextStart, next } = graph;
  const last = new Int32Array(nodeCount).fill(NONE);
  // Each node stands after everything it waits for, so that what reaches it is complete when it passes it on.
  for (const node of order) {
    const told = node < taskCount ? (Number.isNaN(endOf(node)) ? NONE : node) : (last[node] as number);
    if (told === NONE) continue;
    const end = endOf(told);
    for (let at = nextStart[node] as number; at < (nextStart[node + 1] as number); at += 1) {
      const follower = next[at] as number;
      const known = last[follower] as number;
      if (known === NONE || endOf(known) < end) last[follower] = told;
    }
  }
  return last.subarray(0, taskCount);
}
