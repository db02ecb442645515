/** What was measured at one moment, of one drone or (`nodeId` null) of the whole swarm. */
export type Moment = {
  readonly id: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly nodeId: string | null;
  readonly cpuPercent: number | null;
  readonly ramPercent: number | null;
  readonly load1m: number | null;
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
    needed: whole(({ needed }) => needed),
    delegated: whole(({ delegated }) => delegated),
    received: whole(({ received }) => received),
    blocked: whole(({ blocked }) => blocked),
  };
}

function byTime(a: Moment, b: Moment): number {
  return a.at - b.at || a.id - b.id;
}
