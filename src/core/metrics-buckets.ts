/** What was measured at one moment, of one drone or (`nodeId` null) of the whole swarm. */
export type Moment = {
  readonly id: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly nodeId: string | null;
  readonly cpuPercent: number | null;
  readonly ramPercent: number | null;
  readonly load1m: number | null;
  /** Free for builds; null where that was not said. */
  readonly diskFreeMb: number | null;
  readonly needed: number;
  readonly delegated: number;
  readonly received: number;
  readonly blocked: number;
};

type Wish = {
  /** Equally long times that are told apart at most. */
  readonly buckets: number;
  readonly maxRows: number;
};

/**
 * Average what was measured, for each drone in each of so many equally long times that the answer has at most
 * `maxRows` rows and covers all of the time. With more drones than rows the last ones by id are left out.
 */
export function averageInBuckets(
  moments: readonly Moment[],
  { buckets, maxRows }: Wish,
): { readonly rows: readonly Moment[]; readonly bucketMs: number } {
  const nodes = nodesShown(moments, maxRows);
  const count = Math.max(1, Math.min(buckets, Math.floor(maxRows / Math.max(1, nodes.size))));
  const { start, bucketMs } = divide(moments, count);
  const groups = new Map<string, Moment[]>();
  for (const moment of moments) {
    if (!nodes.has(moment.nodeId)) continue;
    const bucket = Math.min(count - 1, Math.floor((moment.at - start) / bucketMs));
    const key = `${bucket} ${moment.nodeId ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(moment);
    else groups.set(key, [moment]);
  }
  return { rows: [...groups.values()].map(average).sort(byTime), bucketMs };
}

/**
 * One row for each time at most, of the swarm as a whole: the counts of its queue, and what the drones measured, on
 * average over all of them.
 */
export function averageOfSwarm(
  moments: readonly Moment[],
  buckets: number,
): { readonly rows: readonly Moment[]; readonly bucketMs: number } {
  const count = Math.max(1, buckets);
  const { start, bucketMs } = divide(moments, count);
  const groups = new Map<number, Moment[]>();
  for (const moment of moments) {
    const bucket = Math.min(count - 1, Math.floor((moment.at - start) / bucketMs));
    const group = groups.get(bucket);
    if (group) group.push(moment);
    else groups.set(bucket, [moment]);
  }
  return { rows: [...groups.values()].flatMap(swarmOf).sort(byTime), bucketMs };
}

/** None where only drones were measured: the counts would be made up. */
function swarmOf(group: readonly Moment[]): readonly Moment[] {
  const own = group.filter(({ nodeId }) => nodeId === null);
  if (own.length === 0) return [];
  const { cpuPercent, ramPercent, load1m, diskFreeMb } = average(group);
  return [{ ...average(own), cpuPercent, ramPercent, load1m, diskFreeMb }];
}

/** The whole swarm first. */
function nodesShown(moments: readonly Moment[], maxRows: number): Set<string | null> {
  const all = [...new Set(moments.map(({ nodeId }) => nodeId))];
  return new Set(all.sort((a, b) => (a ?? '').localeCompare(b ?? '')).slice(0, maxRows));
}

function divide(moments: readonly Moment[], count: number): { start: number; bucketMs: number } {
  let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { at } of moments) {
    start = Math.min(start, at);
    end = Math.max(end, at);
  }
  return { start, bucketMs: Math.max(1, (end - start) / count) };
}

/** One row for a group that is never empty. */
function average(group: readonly Moment[]): Moment {
  const newest = group.reduce((a, b) => (b.at >= a.at ? b : a));
  const mean = (pick: (moment: Moment) => number | null): number | null => {
    const values = group.map(pick).filter((value) => value !== null);
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const whole = (pick: (moment: Moment) => number) => Math.round(mean(pick) ?? 0);
  return {
    id: newest.id,
    at: mean(({ at }) => at) ?? newest.at,
    nodeId: newest.nodeId,
    cpuPercent: mean(({ cpuPercent }) => cpuPercent),
    ramPercent: mean(({ ramPercent }) => ramPercent),
    load1m: mean(({ load1m }) => load1m),
    diskFreeMb: mean(({ diskFreeMb }) => diskFreeMb),
    needed: whole(({ needed }) => needed),
    delegated: whole(({ delegated }) => delegated),
    received: whole(({ received }) => received),
    blocked: whole(({ blocked }) => blocked),
  };
}

function byTime(a: Moment, b: Moment): number {
  return a.at - b.at || a.id - b.id;
}
