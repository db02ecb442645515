import type { Reply } from '../../api/api.ts';

type Row = Reply<'metrics'>['history'][number];

/** What charts of the whole swarm are drawn from: as many values as places (Unix seconds), null where nothing is known. */
export type SwarmHistory = {
  readonly places: readonly number[];
  /** Packages received a minute. */
  readonly pace: readonly (number | null)[];
  readonly waiting: readonly number[];
  readonly building: readonly number[];
  readonly received: readonly number[];
  readonly blocked: readonly number[];
  /** Percent, on average over the drones. */
  readonly cpu: readonly (number | null)[];
  readonly ram: readonly (number | null)[];
};

/** What the swarm is like now, at the end of what was measured. */
export type SwarmNow = {
  readonly at: number;
  readonly counts: {
    readonly needed: number;
    readonly delegated: number;
    readonly received: number;
    readonly blocked: number;
    readonly failed: number;
  };
  readonly cpu: number | null;
  readonly ram: number | null;
};

/** The measurements, oldest first, as lines; `now` goes on where they end. */
export function swarmHistory(rows: readonly Row[], now: SwarmNow | undefined): SwarmHistory {
  const measured = rows.map((row) => ({
    ...{ at: row.timestamp, needed: row.queue_needed, delegated: row.queue_delegated },
    ...{ received: row.queue_received, blocked: row.queue_blocked, cpu: row.cpu_percent, ram: row.ram_percent },
  }));
  const last = measured.at(-1);
  const isNewer = now !== undefined && now.at > (last?.at ?? 0);
  const all = isNewer ? [...measured, { ...now.counts, at: now.at, cpu: now.cpu, ram: now.ram }] : measured;
  return {
    places: all.map(({ at }) => at),
    pace: paceOf(all),
    waiting: all.map(({ needed }) => needed),
    building: all.map(({ delegated }) => delegated),
    received: all.map(({ received }) => received),
    blocked: all.map(({ blocked }) => blocked),
    cpu: all.map(({ cpu }) => cpu),
    ram: all.map(({ ram }) => ram),
  };
}

/** Closer together than that, one package more would look like a burst. */
const SHORTEST_S = 10;

/** Where fewer are received than before, another session was begun: that says nothing of the pace. */
function paceOf(points: readonly { readonly at: number; readonly received: number }[]): readonly (number | null)[] {
  return points.map((point, index) => {
    const before = points[index - 1];
    if (before === undefined || point.at - before.at < SHORTEST_S || point.received < before.received) return null;
    return ((point.received - before.received) / (point.at - before.at)) * 60;
  });
}
