import { DURATION_BUCKETS, METRICS, type MetricDefinition } from '../src/adapters/metrics/definitions.ts';

/** The page of measurements, line by line. */
export function metricLines(): string[] {
  const rows = Object.values<MetricDefinition>(METRICS).map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  );
  return [
    '| name | type | labels | |',
    '|---|---|---|---|',
    ...rows,
    '',
    `Buckets of durations, in seconds: ${DURATION_BUCKETS.join(', ')}. \`status\` of requests is the class of the answer (\`2xx\`); \`route\` is a path of [http.md](http.md), or \`unknown\`.`,
    '',
    'A job for Prometheus:',
    '',
    '```yaml',
    'scrape_configs:',
    '  - job_name: build-swarm',
    '    static_configs: [{ targets: ["control-plane.example:8100"] }]',
    '    # Only where the control plane is set to tell nothing to strangers (SWARM_ANONYMOUS=false):',
    '    authorization: { credentials: bsw_… }',
    '```',
  ];
}
