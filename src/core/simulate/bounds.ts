import type { DroneId } from '../ids.ts';
import type { DroneFacts } from '../schedule/drone-facts.ts';
import type { TaskGraph } from '../schedule/task-graph.ts';
import { upwardRanksS } from '../schedule/upward-rank.ts';

/** One builder: a slot of a drone. */
export type Machine = { readonly slowness: number };

/** No schedule of these packages on these slots is shorter. In seconds. */
export type LowerBound = { readonly criticalPathS: number; readonly capacityS: number; readonly boundS: number };

/** The longest chain on the fastest slot, and all work on all slots without a gap (Graham, 1969). */
export function lowerBound(
  graph: TaskGraph,
  durationS: (task: number) => number,
  machines: readonly Machine[],
): LowerBound {
  const fastest = Math.min(...machines.map((machine) => machine.slowness));
  const criticalPathS = upwardRanksS(graph, durationS).reduce((longest, rank) => Math.max(longest, rank), 0) * fastest;
  let workS = 0;
  for (let task = 0; task < graph.taskCount; task += 1) workS += durationS(task);
  const capacityS = workS / machines.reduce((sum, machine) => sum + 1 / machine.slowness, 0);
  return { criticalPathS, capacityS, boundS: Math.max(criticalPathS, capacityS) };
}

/** The slots of a fleet, each as fast as its drone really is. */
export function slotsOfFleet(drones: readonly DroneFacts[], trueSlowness?: ReadonlyMap<DroneId, number>): Machine[] {
  return drones.flatMap(({ id, slots, slowness }) =>
    Array.from({ length: slots }, () => ({ slowness: trueSlowness?.get(id) ?? slowness })),
  );
}
