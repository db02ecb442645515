import type { StoredEvent, SwarmStore } from '../../app/ports.ts';
import type { Actor } from '../../core/actor.ts';
import { events } from '../../core/events.ts';
import { makeRecordEvent } from './apply.ts';
import type { Write } from './group-commit.ts';
import type { Connection } from './open.ts';
import type { NodeRow } from './rows.ts';
import { makeTakeBack } from './take-back.ts';

type FleetWrites = Pick<SwarmStore, 'setNodePaused' | 'removeNode' | 'unground' | 'renewAllLeases'>;

/** What operators say about one drone, and what is done to all of them. */
export function makeFleetWrites(connection: Connection, write: Write): FleetWrites {
  const recordEvent = makeRecordEvent(connection);
  const find = makeFindNode(connection);
  const remove = makeRemoveNode(connection);
  const renewAll = connection.prepare("UPDATE attempts SET last_heard_at = ? WHERE state = 'running'");
  const seenAll = connection.prepare("UPDATE nodes SET last_seen = ? WHERE status = 'online'");
  // Whoever resumes a drone has seen to it: it is judged by what it does from now on.
  const setPaused = connection.prepare<{ id: string; paused: 0 | 1; at: number }>(
    'UPDATE nodes SET paused = @paused, judged_since = CASE WHEN @paused THEN judged_since ELSE @at END WHERE id = @id',
  );
  const closeBreaker = connection.prepare<{ id: string | null }, { node_id: string }>(
    `UPDATE drone_health SET failures = 0, rebooted = 0, grounded_until = NULL
     WHERE (@id IS NULL OR node_id = @id) AND (failures > 0 OR grounded_until IS NOT NULL) RETURNING node_id`,
  );
  return {
    renewAllLeases: (now) =>
      write(() => {
        renewAll.run(now / 1000);
        seenAll.run(now / 1000);
      }),
    setNodePaused: (idOrName, isPaused, by, now) =>
      write(() => {
        const row = find(idOrName);
        if (!row) return undefined;
        setPaused.run({ id: row.id, paused: isPaused ? 1 : 0, at: now / 1000 });
        const isSame = row.paused === (isPaused ? 1 : 0);
        return { name: row.name, events: isSame ? [] : [recordEvent(events.nodePaused(row, isPaused, by), now)] };
      }),
    removeNode: (idOrName, by, now) =>
      write(() => {
        const row = find(idOrName);
        return row && { id: row.id, events: remove(row, by, now) };
      }),
    unground: (idOrName, by, now) =>
      write(() => {
        const row = idOrName === null ? null : find(idOrName);
        if (row === undefined) return undefined;
        const ungrounded = closeBreaker.all({ id: row?.id ?? null }).length;
        const said = `${row?.name ?? 'All drones'} ungrounded`;
        const event = events.controlled('unground', said, { drone: row?.name ?? null, count: ungrounded }, by);
        return { ungrounded, events: [recordEvent(event, now)] };
      }),
  };
}

function makeFindNode(connection: Connection): (idOrName: string) => NodeRow | undefined {
  const byName = connection.prepare<[string], NodeRow>('SELECT * FROM nodes WHERE name = ?');
  const byId = connection.prepare<[string], NodeRow>('SELECT * FROM nodes WHERE id = ?');
  return (idOrName) => byId.get(idOrName) ?? byName.get(idOrName);
}

/** What the drone was building goes back before its row is gone; history keeps its name. */
function makeRemoveNode(connection: Connection) {
  const recordEvent = makeRecordEvent(connection);
  const takeBack = makeTakeBack(connection);
  const remove = connection.prepare('DELETE FROM nodes WHERE id = ?');
  return (row: NodeRow, by: Actor, now: number): StoredEvent[] => {
    const taken = takeBack({ droneId: row.id }, 'its drone was removed', now);
    remove.run(row.id);
    return [...taken, recordEvent(events.nodeRemoved(row, by), now)];
  };
}
