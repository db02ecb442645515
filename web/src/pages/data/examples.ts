/** Ready-made questions: what operators ask most. */
export const EXAMPLES: readonly { readonly name: string; readonly sql: string }[] = [
  {
    name: 'Drones',
    sql: `SELECT name, status, paused, cores, ram_gb, version, builds_completed, builds_failed, last_seen
FROM nodes
ORDER BY name`,
  },
  {
    name: 'Open queue',
    sql: `SELECT q.package, q.status, q.ready, n.name AS drone, q.failure_count
FROM queue q LEFT JOIN nodes n ON n.id = q.assigned_to
WHERE q.status <> 'received'
ORDER BY q.status, q.id`,
  },
  {
    name: 'Blocked packages',
    sql: `SELECT package, failure_class, failure_count, error_message
FROM queue
WHERE status IN ('blocked', 'failed')
ORDER BY package`,
  },
  {
    name: 'Failures by package',
    sql: `SELECT package, count(*) AS failures, group_concat(DISTINCT failure_class) AS classes
FROM build_history
WHERE status NOT IN ('success', 'returned')
GROUP BY package
ORDER BY failures DESC`,
  },
  {
    name: 'Failures by drone',
    sql: `SELECT drone_name, count(*) AS builds,
  sum(status = 'success') AS built,
  sum(status NOT IN ('success', 'returned')) AS failed
FROM build_history
GROUP BY drone_name
ORDER BY failed DESC`,
  },
  {
    name: 'Slowest builds',
    sql: `SELECT package, drone_name, round(duration_seconds) AS seconds, built_at
FROM build_history
WHERE status = 'success'
ORDER BY duration_seconds DESC
LIMIT 50`,
  },
  {
    name: 'Builds by hour',
    sql: `SELECT 3600 * CAST(built_at / 3600 AS INTEGER) AS at,
  sum(status = 'success') AS built,
  sum(status NOT IN ('success', 'returned')) AS failed
FROM build_history
GROUP BY 1
ORDER BY 1`,
  },
  {
    name: 'Last events',
    sql: `SELECT timestamp, event_type, message
FROM events
ORDER BY id DESC
LIMIT 100`,
  },
  {
    name: 'Protocol by type',
    sql: `SELECT msg_type, count(*) AS exchanges,
  round(avg(latency_ms), 2) AS mean_ms, round(max(latency_ms), 1) AS longest_ms
FROM protocol_log
GROUP BY msg_type
ORDER BY exchanges DESC`,
  },
  {
    name: 'Health of drones',
    sql: `SELECT n.name, h.failures, h.last_failure, h.grounded_until
FROM drone_health h JOIN nodes n ON n.id = h.node_id
ORDER BY h.failures DESC`,
  },
  {
    name: 'Memory of builds',
    sql: `SELECT package, max(peak_memory_mb) AS peak_mb, max(disk_mb) AS disk_mb, round(avg(cpu_s)) AS cpu_s
FROM build_history
WHERE peak_memory_mb IS NOT NULL
GROUP BY package
ORDER BY peak_mb DESC
LIMIT 50`,
  },
];
