/** What settings are unless somebody says otherwise, for who may not read those of this swarm. Value, and its unit. */
export const USUAL = {
  NODE_TIMEOUT: ['30', 's'],
  STALE_TIMEOUT: ['300', 's'],
  SWARM_LEASE_S: ['120', 's'],
  MAX_DRONE_FAILURES: ['8', ''],
  GROUNDING_TIMEOUT: ['5', 'min'],
  FAILURE_AGE_MINUTES: ['30', 'min'],
  SWARM_AGEINGS: ['3', ''],
  SWARM_DRONES_TO_BLOCK: ['2', ''],
  SWARM_FAILURES_TO_BLOCK: ['5', ''],
  SWARM_FAILURES_TO_BLOCK_ALONE: ['2', ''],
  SWARM_INFRASTRUCTURE_FAILURES: ['5', ''],
  SWARM_RETRY_BACKOFF_MS: ['2000', 'ms'],
  SWARM_RETRY_BACKOFF_CAP_MS: ['300000', 'ms'],
  SWARM_OUTSIDE_BACKOFF_MS: ['30000', 'ms'],
  SWARM_OOM_GROWTH: ['1.5', ''],
  SWARM_FAULTY_PACKAGES: ['3', ''],
  SWARM_TIMEOUT_FACTOR: ['4', ''],
  SWARM_TIMEOUT_FLOOR_S: ['7200', 's'],
  SWARM_SILENT_FLOOR_S: ['1800', 's'],
  SWARM_SWEEP_S: ['60', 's'],
  SWARM_RECONCILE_S: ['1', 's'],
  SWARM_GIANTS_PER_DRONE: ['1', ''],
} as const satisfies Record<string, readonly [value: string, unit: string]>;

export type SettingName = keyof typeof USUAL;
