import type { DroneId } from '../../core/ids.ts';
import type { Connection } from './open.ts';

/** What was written of a drone: only that it was heard of and what it measured, how much it has built, or anything else. */
export type NodeWritten = 'sign-of-life' | 'totals' | 'facts';

const WRITTEN: readonly NodeWritten[] = ['sign-of-life', 'totals', 'facts'];

/**
 * Calls `listener` for each row of `nodes` that is written through this connection, whoever writes it, so that
 * what is kept of it in memory never has to be told. The call comes with the write, before the commit.
 * @param name of the listener, once for each connection.
 */
export function watchNodes(
  connection: Connection,
  name: string,
  listener: (id: DroneId, written: NodeWritten) => void,
): void {
  connection.function(`swarm_${name}_wrote`, (id: unknown, written: unknown) => {
    listener(String(id), WRITTEN[Number(written)] ?? 'facts');
    return null;
  });
  const call = (row: 'NEW' | 'OLD', written: NodeWritten) =>
    `BEGIN SELECT swarm_${name}_wrote(${row}.id, ${WRITTEN.indexOf(written)}); END`;
  // Of this connection only: other programs that open the file do not know the function.
  connection.exec(`
    CREATE TEMP TRIGGER ${name}_node_came AFTER INSERT ON main.nodes ${call('NEW', 'facts')};
    CREATE TEMP TRIGGER ${name}_node_went AFTER DELETE ON main.nodes ${call('OLD', 'facts')};
    CREATE TEMP TRIGGER ${name}_node_heard AFTER UPDATE OF last_seen, metrics_json ON main.nodes ${call('NEW', 'sign-of-life')};
    CREATE TEMP TRIGGER ${name}_node_counted AFTER UPDATE OF builds_completed, builds_failed ON main.nodes ${call('NEW', 'totals')};
    CREATE TEMP TRIGGER ${name}_node_changed AFTER UPDATE OF ${FACTS.join(', ')} ON main.nodes ${call('NEW', 'facts')};`);
}

const FACTS = [
  'id',
  'name',
  'ip',
  'type',
  'cores',
  'ram_gb',
  'status',
  'paused',
  'capabilities_json',
  'running_json',
  'current_task',
  'version',
  'created_at',
  'slots',
  'portage_timestamp',
  'cores_limit',
  'labels_json',
];
