import { countOf, integerOf, jsonObjectOf, numberOf, type OldRow, textOf } from './upgrade-values.ts';

/** A row as version 1 of our schema takes it, or why it cannot be one. */
export type Fitted = { readonly row: OldRow } | { readonly reason: string };

/** What an old row may refer to, and the time of the upgrade in Unix seconds. */
export type UpgradeContext = {
  readonly nodeNames: ReadonlyMap<string, string>;
  readonly sessionIds: ReadonlySet<string>;
  readonly now: number;
};

/** A drone, with its paused flag. */
export function fitNode(old: OldRow, { now }: UpgradeContext): Fitted {
  const id = textOf(old['id']);
  if (id === null || id === '') return { reason: 'it has no id' };
  const createdAt = numberOf(old['created_at']);
  const lastSeen = numberOf(old['last_seen']);
  return {
    row: {
      id,
      name: textOf(old['name']) || id,
      ip: textOf(old['ip']) ?? '',
      tailscale_ip: textOf(old['tailscale_ip']),
      type: old['type'] === 'sweeper' ? 'sweeper' : 'drone',
      cores: integerOf(old['cores']),
      ram_gb: numberOf(old['ram_gb']),
      status: old['status'] === 'online' ? 'online' : 'offline',
      paused: countOf(old['paused']) > 0 ? 1 : 0,
      last_seen: lastSeen ?? createdAt ?? 0,
      capabilities_json: jsonObjectOf(old['capabilities_json']) ?? '{}',
      metrics_json: jsonObjectOf(old['metrics_json']) ?? '{}',
      current_task: textOf(old['current_task']),
      version: textOf(old['version']),
      created_at: createdAt ?? lastSeen ?? now,
    },
  };
}

const SESSION_STATES: readonly unknown[] = ['active', 'completed', 'aborted'];

/** A session. A status that contradicts the time of its end is believed. */
export function fitSession(old: OldRow, { now }: UpgradeContext): Fitted {
  const id = textOf(old['id']);
  if (id === null || id === '') return { reason: 'it has no id' };
  if (!SESSION_STATES.includes(old['status'])) return { reason: `its status ${shown(old['status'])} is unknown` };
  const startedAt = numberOf(old['started_at']) ?? now;
  return {
    row: {
      id,
      name: textOf(old['name']) || id,
      status: old['status'],
      total_packages: countOf(old['total_packages']),
      completed_packages: countOf(old['completed_packages']),
      failed_packages: countOf(old['failed_packages']),
      started_at: startedAt,
      completed_at: old['status'] === 'active' ? null : (numberOf(old['completed_at']) ?? startedAt),
    },
  };
}

/** A result of a build. Status words are kept as the drones sent them. */
export function fitHistory(old: OldRow): Fitted {
  const builtAt = numberOf(old['built_at']);
  if (builtAt === null) return { reason: 'it has no time' };
  const packageName = textOf(old['package']);
  if (packageName === null || packageName === '') return { reason: 'it names no package' };
  const droneId = textOf(old['drone_id']) ?? 'unknown';
  return {
    row: {
      id: integerOf(old['id']),
      package: packageName,
      drone_id: droneId,
      drone_name: textOf(old['drone_name']) ?? droneId,
      status: textOf(old['status']) ?? 'unknown',
      duration_seconds: numberOf(old['duration_seconds']) ?? 0,
      error_message: textOf(old['error_message']) ?? '',
      session_id: textOf(old['session_id']),
      built_at: builtAt,
    },
  };
}

/** An event under its old number. Details that are no JSON object are kept as a text in one. */
export function fitEvent(old: OldRow): Fitted {
  const timestamp = numberOf(old['timestamp']);
  const type = textOf(old['event_type']);
  if (timestamp === null || type === null) return { reason: timestamp === null ? 'it has no time' : 'it has no type' };
  const details = textOf(old['details_json']);
  return {
    row: {
      id: integerOf(old['id']),
      timestamp,
      event_type: type,
      message: textOf(old['message']) ?? '',
      details_json: details === null ? '{}' : (jsonObjectOf(details) ?? JSON.stringify({ text: details })),
      drone_id: textOf(old['drone_id']),
      package: textOf(old['package']),
    },
  };
}

/** The health of a drone; databases of 3.0 have no columns for probes. */
export function fitHealth(old: OldRow, { nodeNames }: UpgradeContext): Fitted {
  const nodeId = textOf(old['node_id']);
  if (nodeId === null || !nodeNames.has(nodeId)) return { reason: `there is no drone ${shown(old['node_id'])}` };
  return {
    row: {
      node_id: nodeId,
      failures: countOf(old['failures']),
      last_failure: numberOf(old['last_failure']),
      rebooted: countOf(old['rebooted']),
      grounded_until: numberOf(old['grounded_until']),
      last_probe_result: textOf(old['last_probe_result']),
      last_probe_at: numberOf(old['last_probe_at']),
    },
  };
}

/** A setting that the program keeps itself, such as `paused`. */
export function fitConfig(old: OldRow, { now }: UpgradeContext): Fitted {
  const key = textOf(old['key']);
  if (key === null || key === '') return { reason: 'it has no key' };
  return { row: { key, value: textOf(old['value']), updated_at: numberOf(old['updated_at']) ?? now } };
}

/** A value for a sentence: quoted, and not endless. */
export function shown(value: unknown): string {
  const text = JSON.stringify(textOf(value)) ?? 'null';
  return text.length > 80 ? `${text.slice(0, 77)}..."` : text;
}
