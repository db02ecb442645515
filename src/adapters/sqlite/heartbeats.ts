import type { Heartbeat, HeartbeatOutcome, StoredEvent } from '../../app/ports.ts';
import { events } from '../../core/events.ts';
import type { DroneId } from '../../core/ids.ts';
import { makeRecordEvent } from './apply.ts';
import type { GroupCommit } from './group-commit.ts';
import { watchNodes } from './node-watch.ts';
import type { Connection } from './open.ts';
import type { AttemptRow, NodeRow } from './rows.ts';

export type Heartbeats = {
  readonly heartbeat: (beat: Heartbeat, now: number) => Promise<HeartbeatOutcome>;
  /** Whether nothing is put off. */
  readonly isEmpty: () => boolean;
  /** Write what was put off, within a write. */
  readonly write: () => void;
  /** What was written may not be there: a transaction was lost. */
  readonly forgetAll: () => void;
};

/** What the row of a drone that is online says, as it was made from its heartbeat. */
type Known = { readonly facts: string; readonly doing: string; readonly isPaused: boolean };
type Sign = { readonly at: number; readonly metrics: Heartbeat['metrics'] };

/**
 * Heartbeats are nearly all there is to do in a large swarm. One of a drone that builds nothing and says of
 * itself what it said before is a time and some measurements: they are put off, and many are written together.
 * If this program dies they are lost; the drones are given time at its next start. One of a drone that builds
 * is written at once, but nobody waits for the disk.
 */
export function makeHeartbeats(
  connection: Connection,
  { write, writeDeferring }: Pick<GroupCommit, 'write' | 'writeDeferring'>,
): Heartbeats {
  const known = new Map<DroneId, Known>();
  const signs = new Map<DroneId, Sign>();
  watchNodes(connection, 'heartbeats', (id, written) => {
    if (written === 'facts') known.delete(id);
  });
  const holds = connection
    .prepare<[string], number>("SELECT 1 FROM attempts WHERE drone_id = ? AND state = 'running'")
    .pluck();
  const renew = makeRenew(connection);
  const arrive = makeArrive(connection);
  const sign = connection.prepare(
    `UPDATE nodes SET last_seen = max(last_seen, ?), metrics_json = coalesce(?, metrics_json)
     WHERE id = ? AND status = 'online'`,
  );
  const busy = connection.prepare(
    `UPDATE nodes SET last_seen = ?, metrics_json = coalesce(?, metrics_json), running_json = ?, current_task = ?
     WHERE id = ?`,
  );
  // An empty object says nothing, and what was said before stays.
  const metricsOf = ({ id, metrics }: Heartbeat) => (isEmpty(metrics) ? (signs.get(id)?.metrics ?? null) : metrics);
  const wholly = (beat: Heartbeat, now: number): HeartbeatOutcome => {
    const before = arrive({ ...beat, metrics: metricsOf(beat) }, now);
    if (before.refused !== undefined) return before;
    signs.delete(beat.id);
    known.set(beat.id, { facts: factsOf(beat), doing: doingOf(beat), isPaused: before.isPaused });
    return { ...before, stop: renew(beat, now) };
  };
  const partly = (beat: Heartbeat, before: Known, now: number): HeartbeatOutcome => {
    busy.run(now / 1000, textOf(metricsOf(beat)), JSON.stringify(beat.running), beat.currentTask, beat.id);
    signs.delete(beat.id);
    known.set(beat.id, { ...before, doing: doingOf(beat) });
    return { isPaused: before.isPaused, stop: renew(beat, now), events: [] };
  };
  return {
    heartbeat: (beat, now) => {
      const before = known.get(beat.id);
      if (before === undefined || before.facts !== factsOf(beat)) return write(() => wholly(beat, now));
      const isIdle = beat.running.length === 0 && before.doing === doingOf(beat) && holds.get(beat.id) === undefined;
      if (!isIdle) return writeDeferring(() => partly(beat, before, now), false);
      signs.set(beat.id, { at: now, metrics: metricsOf(beat) });
      return Promise.resolve({ isPaused: before.isPaused, stop: [], events: [] });
    },
    isEmpty: () => signs.size === 0,
    write: () => {
      for (const [id, { at, metrics }] of signs) sign.run(at / 1000, textOf(metrics), id);
      signs.clear();
    },
    forgetAll: () => known.clear(),
  };
}

/**
 * The row itself. A name whose holder is online is not given away; a reinstalled machine takes over its old
 * name once the old id is silent, and the history keeps both.
 */
function makeArrive(connection: Connection) {
  const recordEvent = makeRecordEvent(connection);
  const byName = connection.prepare<[string], Pick<NodeRow, 'id' | 'name' | 'status'>>(
    'SELECT id, name, status FROM nodes WHERE name = ?',
  );
  const byId = connection.prepare<[string], Pick<NodeRow, 'status' | 'paused'>>(
    'SELECT status, paused FROM nodes WHERE id = ?',
  );
  const rename = connection.prepare('UPDATE nodes SET name = ? WHERE id = ?');
  const upsert = connection.prepare(
    `INSERT INTO nodes (id, name, ip, type, cores, ram_gb, status, last_seen, capabilities_json, metrics_json,
       running_json, current_task, version, slots, portage_timestamp, created_at)
     VALUES (@id, @name, @ip, @type, @cores, @ramGb, 'online', @now, coalesce(@capabilities, '{}'),
       coalesce(@metrics, '{}'), @running, @currentTask, @version, @slots, @portageTimestamp, @now)
     ON CONFLICT (id) DO UPDATE SET name = @name, ip = @ip, type = @type, cores = coalesce(@cores, cores),
       ram_gb = coalesce(@ramGb, ram_gb), status = 'online', last_seen = @now,
       capabilities_json = coalesce(@capabilities, capabilities_json), metrics_json = coalesce(@metrics, metrics_json),
       running_json = @running, current_task = @currentTask, version = coalesce(@version, version),
       slots = CASE WHEN @capabilities IS NULL THEN slots ELSE @slots END,
       portage_timestamp = CASE WHEN @capabilities IS NULL THEN portage_timestamp ELSE @portageTimestamp END`,
  );
  const freeName = (wish: string): string => {
    let name = wish;
    for (let number = 2; byName.get(name) !== undefined; number += 1) name = `${wish}.${number}`;
    return name;
  };
  return (beat: Heartbeat, now: number) => {
    const holder = byName.get(beat.name);
    if (holder && holder.id !== beat.id) {
      if (holder.status === 'online') return { refused: 'name-taken', holder: holder.id } as const;
      rename.run(freeName(`${holder.name}.was.${holder.id}`), holder.id);
    }
    const before = byId.get(beat.id);
    upsert.run(parametersOf(beat, now));
    const stored: StoredEvent[] =
      before?.status === 'online' ? [] : [recordEvent(events.online(beat, beat.ip, beat.cores), now)];
    return { isPaused: before?.paused === 1, events: stored };
  };
}

/** Renews the leases of the builds that a heartbeat names, and tells which of them the drone has to stop. */
function makeRenew(connection: Connection) {
  const mine = connection.prepare<[string], Pick<AttemptRow, 'id'>>(
    "SELECT id FROM attempts WHERE drone_id = ? AND state = 'running'",
  );
  const renew = connection.prepare(
    "UPDATE attempts SET last_heard_at = ?, phase = coalesce(?, phase) WHERE id = ? AND state = 'running'",
  );
  return (beat: Heartbeat, now: number): number[] => {
    const current = mine.all(beat.id);
    const phases = new Map(beat.running.map((build) => [build.attempt, build.phase]));
    for (const attempt of current) {
      if (!beat.knowsAttempts || phases.has(attempt.id))
        renew.run(now / 1000, phases.get(attempt.id) ?? null, attempt.id);
    }
    const isCurrent = new Set(current.map((attempt) => attempt.id));
    return beat.running.map((build) => build.attempt).filter((id) => !isCurrent.has(id));
  };
}

/** What a drone says of itself, whatever it does. */
function factsOf({ name, ip, isSweeper, cores, ramGb, capabilities, version }: Heartbeat): string {
  return JSON.stringify([name, ip, isSweeper, cores, ramGb, capabilities, version]);
}

function doingOf({ currentTask, running }: Heartbeat): string {
  return JSON.stringify([currentTask, running]);
}

function parametersOf(beat: Heartbeat, now: number) {
  // Checked by the contract: a whole number and a text.
  const { slots, portage_timestamp: stamp } = beat.capabilities ?? {};
  return {
    id: beat.id,
    name: beat.name,
    ip: beat.ip,
    type: beat.isSweeper ? 'sweeper' : 'drone',
    cores: beat.cores,
    ramGb: beat.ramGb,
    now: now / 1000,
    capabilities: textOf(beat.capabilities),
    metrics: textOf(beat.metrics),
    slots: typeof slots === 'number' ? slots : null,
    portageTimestamp: typeof stamp === 'string' ? stamp : null,
    running: JSON.stringify(beat.running),
    currentTask: beat.currentTask,
    version: beat.version,
  };
}

/** An empty object says nothing, and what was known stays. */
function textOf(object: Readonly<Record<string, unknown>> | null): string | null {
  return isEmpty(object) ? null : JSON.stringify(object);
}

function isEmpty(object: Readonly<Record<string, unknown>> | null): boolean {
  return object === null || Object.keys(object).length === 0;
}
