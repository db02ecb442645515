import type { Heartbeat, HeartbeatOutcome, StoredEvent, SwarmStore } from '../../app/ports.ts';
import { events } from '../../core/events.ts';
import { makeRecordEvent } from './apply.ts';
import type { Connection } from './open.ts';
import type { AttemptRow, NodeRow } from './rows.ts';

type FleetWrites = Pick<SwarmStore, 'heartbeat' | 'touch' | 'setNodePaused' | 'renewAllLeases'>;

/** What drones tell us of themselves, and what operators say about one drone. */
export function makeFleetWrites(connection: Connection): FleetWrites {
  const recordEvent = makeRecordEvent(connection);
  const byName = connection.prepare<[string], NodeRow>('SELECT * FROM nodes WHERE name = ?');
  const byId = connection.prepare<[string], NodeRow>('SELECT * FROM nodes WHERE id = ?');
  const heartbeat = makeHeartbeat(connection);
  const seen = connection.prepare("UPDATE nodes SET last_seen = ? WHERE id = ? AND status = 'online'");
  const known = connection.prepare<[string], { one: 1 }>('SELECT 1 AS one FROM nodes WHERE id = ?');
  const renewOne = connection.prepare("UPDATE attempts SET last_heard_at = ? WHERE drone_id = ? AND state = 'running'");
  const renewAll = connection.prepare("UPDATE attempts SET last_heard_at = ? WHERE state = 'running'");
  const seenAll = connection.prepare("UPDATE nodes SET last_seen = ? WHERE status = 'online'");
  const setPaused = connection.prepare('UPDATE nodes SET paused = ? WHERE id = ?');
  return {
    heartbeat: async (beat, now) => heartbeat.immediate(beat, now),
    // One transaction, since each of its own would wait for the disk.
    touch: async (droneId, now) =>
      connection.transaction(() => {
        seen.run(now / 1000, droneId);
        renewOne.run(now / 1000, droneId);
        return known.get(droneId) !== undefined;
      })(),
    renewAllLeases: async (now) => {
      connection.transaction(() => {
        renewAll.run(now / 1000);
        seenAll.run(now / 1000);
      })();
    },
    setNodePaused: async (idOrName, isPaused, now) =>
      connection.transaction(() => {
        const row = byId.get(idOrName) ?? byName.get(idOrName);
        if (!row) return undefined;
        setPaused.run(isPaused ? 1 : 0, row.id);
        const stored = row.paused === (isPaused ? 1 : 0) ? [] : [recordEvent(events.nodePaused(row, isPaused), now)];
        return { name: row.name, events: stored };
      })(),
  };
}

/**
 * One heartbeat in one transaction: the node's row, the leases of the builds it names, and what it
 * has to stop. A name whose holder is online is not given away; a reinstalled machine takes over its
 * old name once the old id is silent, and the history keeps both.
 */
function makeHeartbeat(connection: Connection) {
  const recordEvent = makeRecordEvent(connection);
  const byName = connection.prepare<[string], NodeRow>('SELECT * FROM nodes WHERE name = ?');
  const byId = connection.prepare<[string], NodeRow>('SELECT * FROM nodes WHERE id = ?');
  const rename = connection.prepare('UPDATE nodes SET name = ? WHERE id = ?');
  const upsert = connection.prepare(
    `INSERT INTO nodes (id, name, ip, type, cores, ram_gb, status, last_seen, capabilities_json, metrics_json,
       running_json, current_task, version, created_at)
     VALUES (@id, @name, @ip, @type, @cores, @ramGb, 'online', @now, coalesce(@capabilities, '{}'),
       coalesce(@metrics, '{}'), @running, @currentTask, @version, @now)
     ON CONFLICT (id) DO UPDATE SET name = @name, ip = @ip, type = @type, cores = coalesce(@cores, cores),
       ram_gb = coalesce(@ramGb, ram_gb), status = 'online', last_seen = @now,
       capabilities_json = coalesce(@capabilities, capabilities_json), metrics_json = coalesce(@metrics, metrics_json),
       running_json = @running, current_task = @currentTask, version = coalesce(@version, version)`,
  );
  const mine = connection.prepare<[string], AttemptRow>(
    "SELECT * FROM attempts WHERE drone_id = ? AND state = 'running'",
  );
  const renew = connection.prepare(
    "UPDATE attempts SET last_heard_at = ?, phase = coalesce(?, phase) WHERE id = ? AND state = 'running'",
  );
  const freeName = (wish: string): string => {
    let name = wish;
    for (let number = 2; byName.get(name) !== undefined; number += 1) name = `${wish}.${number}`;
    return name;
  };
  return connection.transaction((beat: Heartbeat, now: number): HeartbeatOutcome => {
    const holder = byName.get(beat.name);
    if (holder && holder.id !== beat.id) {
      if (holder.status === 'online') return { refused: 'name-taken', holder: holder.id };
      rename.run(freeName(`${holder.name}.was.${holder.id}`), holder.id);
    }
    const before = byId.get(beat.id);
    upsert.run(parametersOf(beat, now));
    const current = mine.all(beat.id);
    const phases = new Map(beat.running.map((build) => [build.attempt, build.phase]));
    for (const attempt of current) {
      if (!beat.knowsAttempts || phases.has(attempt.id))
        renew.run(now / 1000, phases.get(attempt.id) ?? null, attempt.id);
    }
    const isCurrent = new Set(current.map((attempt) => attempt.id));
    const stored: StoredEvent[] =
      before?.status === 'online' ? [] : [recordEvent(events.online(beat, beat.ip, beat.cores), now)];
    return {
      isPaused: before?.paused === 1,
      stop: beat.running.map((build) => build.attempt).filter((id) => !isCurrent.has(id)),
      events: stored,
    };
  });
}

function parametersOf(beat: Heartbeat, now: number) {
  return {
    id: beat.id,
    name: beat.name,
    ip: beat.ip,
    type: beat.isSweeper ? 'sweeper' : 'drone',
    cores: beat.cores,
    ramGb: beat.ramGb,
    now: now / 1000,
    capabilities: beat.capabilities === null ? null : JSON.stringify(beat.capabilities),
    metrics: beat.metrics === null ? null : JSON.stringify(beat.metrics),
    running: JSON.stringify(beat.running),
    currentTask: beat.currentTask,
    version: beat.version,
  };
}
