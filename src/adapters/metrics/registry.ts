import { type Metric, Registry } from 'prom-client';
import type { MetricDefinition } from './definitions.ts';

/** One value of a measurement. */
export type Sample = {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** `_bucket`, `_sum` and `_count` of histograms. */
  readonly suffix?: string;
};

/** How the values of a measurement are found when somebody asks. */
export type Collect = () => readonly Sample[] | Promise<readonly Sample[]>;

/**
 * A registry of measurements that are looked at when they are asked for. prom-client writes the text; it would
 * keep its own counts too, but looks each of them up by its labels, which costs more than the request.
 */
export function createRegistry(entries: readonly (readonly [MetricDefinition, Collect])[]): Registry {
  const registry = new Registry();
  for (const [definition, collect] of entries) registry.registerMetric(collected(definition, collect));
  return registry;
}

function collected(definition: MetricDefinition, collect: Collect): Metric {
  const { name, help, type } = definition;
  const get = async () => {
    const samples = await collect();
    const values = samples.map(({ value, labels = {}, suffix = '' }) => ({ value, labels, metricName: name + suffix }));
    return { name, help, type, values, aggregator: 'sum' };
  };
  // Of a metric the registry uses its name and `get`, nothing else.
  return { name, get, reset: () => {} } as unknown as Metric;
}
