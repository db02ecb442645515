import type { NodeSettings, NodeSettingWrites } from '../../app/priority-ports.ts';
import { events } from '../../core/events.ts';
import { makeRecordEvent } from './apply.ts';
import { makeCareSettings } from './care-settings.ts';
import type { Write } from './group-commit.ts';
import type { Connection } from './open.ts';
import { labelsIn, type NodeRow } from './rows.ts';

/** What operators say about one drone beside whether it works. */
export function makeNodeSettings(connection: Connection, write: Write): NodeSettingWrites {
  const recordEvent = makeRecordEvent(connection);
  const setCare = makeCareSettings(connection);
  // An id goes before the name of another.
  const find = connection.prepare<{ idOrName: string }, Pick<NodeRow, 'id' | 'name' | 'cores_limit' | 'labels_json'>>(
    `SELECT id, name, cores_limit, labels_json FROM nodes WHERE id = @idOrName OR name = @idOrName
     ORDER BY id = @idOrName DESC LIMIT 1`,
  );
  const set = connection.prepare<[number | null, string, string]>(
    'UPDATE nodes SET cores_limit = ?, labels_json = ? WHERE id = ?',
  );
  return {
    setNode: (idOrName, wish, by, now) =>
      write(() => {
        const row = find.get({ idOrName });
        if (row === undefined) return undefined;
        const coresLimit = wish.coresLimit === undefined ? row.cores_limit : wish.coresLimit;
        const labels = wish.labels === undefined ? labelsIn(row.labels_json) : [...new Set(wish.labels)].sort();
        set.run(coresLimit, JSON.stringify(labels), row.id);
        const care = setCare(row.id, wish.care);
        const node: NodeSettings = { id: row.id, name: row.name, coresLimit, labels, care };
        const machine = { protected: care.isProtected, machine: care.machine, reboot: care.rebootRule };
        const details = { drone: row.name, cores_limit: coresLimit, labels, ...machine };
        const event = { ...events.controlled('node_settings', sentence(node), details, by), droneId: row.id };
        return { node, events: [recordEvent(event, now)] };
      }),
  };
}

function sentence({ name, coresLimit, labels, care }: NodeSettings): string {
  const cores = coresLimit === null ? 'all of its cores' : `${coresLimit} of its cores`;
  const labelled = labels.length === 0 ? '' : ` and has the labels ${labels.join(', ')}`;
  return `${name} may use ${cores}${labelled}${care.isProtected ? '; it is protected' : ''}`;
}
