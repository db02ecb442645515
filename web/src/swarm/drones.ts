import type { Build, Node } from '../live/swarm-state.ts';

/** The word for how a drone is, as the pills know it. */
export function stateOf(node: Node): string {
  if (!node.online) return node.status === 'stale' ? 'stale' : 'offline';
  return node.paused ? 'paused' : 'online';
}

/** As people count: `drone-2` before `drone-10`. Made once, since each comparison would make it anew. */
export const compareNames = new Intl.Collator(undefined, { numeric: true }).compare;

/** Those at work first, then by name as people count. */
export function byName(a: Node, b: Node): number {
  return Number(b.online) - Number(a.online) || compareNames(a.name, b.name);
}

/** The running builds of each drone, by its id. */
export function buildsByDrone(builds: ReadonlyMap<number, Build>): ReadonlyMap<string, readonly Build[]> {
  const grouped = new Map<string, Build[]>();
  for (const build of builds.values()) {
    const mine = grouped.get(build.drone_id);
    if (mine === undefined) grouped.set(build.drone_id, [build]);
    else mine.push(build);
  }
  return grouped;
}
