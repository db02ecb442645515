import { drawnS } from '../schedule/duration.ts';
import type { Conditions } from './simulate.ts';
import type { SimulatedTask, Workload } from './workload.ts';

/**
 * So many workloads with durations drawn from their estimates, one after the other. Every second takes the opposite
 * chances of the one before (antithetic variates: Hammersley, Morton, 1956). A build that is running at the beginning
 * of `seen` takes longer than it took so far. Chances are drawn package by package: the same `random` gives the same durations
 * whatever the fleet.
 */
export function* drawnWorkloads(
  workload: Workload,
  seen: Conditions,
  runs: number,
  random: () => number,
): Generator<Workload> {
  let chances: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    chances = run % 2 === 0 ? workload.tasks.map(() => random()) : chances.map((chance) => 1 - chance);
    const tasks = workload.tasks.map((task, at) => ({ ...task, trueS: drawnFor(task, chances[at] ?? 0.5, seen) }));
    yield { graph: workload.graph, tasks };
  }
}

function drawnFor(task: SimulatedTask, chance: number, { startAt, drones }: Conditions): number {
  if (task.state === undefined || task.state === 'done') return drawnS(task.estimate, chance);
  const { droneId, startedAt } = task.state;
  const slowness = drones.find((drone) => drone.id === droneId)?.slowness ?? 1;
  return drawnS(task.estimate, chance, Math.max(0, startAt - startedAt) / 1000 / slowness);
}

/** The value below which such a share of the sorted values lies. */
export function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
