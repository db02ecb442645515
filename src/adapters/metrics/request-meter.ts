import type { RouteMeter } from '../../app/operations-ports.ts';
import { DURATION_BUCKETS } from './definitions.ts';
import type { Sample } from './registry.ts';

/** Counts requests in plain arrays: a request costs a few additions and no look-up by labels. */
export type RequestMeters = {
  readonly route: (method: string, path: string) => RouteMeter;
  readonly requests: () => Sample[];
  readonly durations: () => Sample[];
};

type Meter = {
  readonly labels: { readonly method: string; readonly route: string };
  /** By the first digit of the status. */
  readonly byStatus: Float64Array;
  /** Requests that ended within each bucket and not within one before; the last is for longer ones. */
  readonly buckets: Float64Array;
  sumMs: number;
};

const STATUS_CLASSES = 6;

export function createRequestMeters(): RequestMeters {
  const meters = new Map<string, Meter>();

  const meterOf = (method: string, route: string): Meter => {
    const key = `${method} ${route}`;
    const meter = meters.get(key) ?? {
      labels: { method, route },
      byStatus: new Float64Array(STATUS_CLASSES),
      buckets: new Float64Array(DURATION_BUCKETS.length + 1),
      sumMs: 0,
    };
    meters.set(key, meter);
    return meter;
  };

  return {
    route: (method, path) => {
      const meter = meterOf(method, path);
      return (status, durationMs) => count(meter, status, durationMs);
    },
    requests: () => [...meters.values()].flatMap(requestSamples),
    durations: () => [...meters.values()].flatMap(durationSamples),
  };
}

function count(meter: Meter, status: number, durationMs: number): void {
  add(meter.byStatus, Math.min(STATUS_CLASSES - 1, Math.max(0, Math.floor(status / 100))));
  let bucket = 0;
  while (bucket < DURATION_BUCKETS.length && durationMs > (DURATION_BUCKETS[bucket] as number) * 1000) bucket += 1;
  add(meter.buckets, bucket);
  meter.sumMs += durationMs;
}

function add(counts: Float64Array, index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}

function requestSamples({ labels, byStatus }: Meter): Sample[] {
  return [...byStatus].flatMap((value, digit) =>
    value === 0 ? [] : [{ labels: { ...labels, status: `${digit}xx` }, value }],
  );
}

/** As Prometheus wants it: each bucket holds those before it. Routes that nobody asked for are left out. */
function durationSamples({ labels, buckets, sumMs }: Meter): Sample[] {
  let within = 0;
  const samples = [...buckets].map((value, index) => {
    within += value;
    const le = DURATION_BUCKETS[index] ?? '+Inf';
    return { suffix: '_bucket', labels: { ...labels, le: String(le) }, value: within };
  });
  if (within === 0) return [];
  return [...samples, { suffix: '_sum', labels, value: sumMs / 1000 }, { suffix: '_count', labels, value: within }];
}
