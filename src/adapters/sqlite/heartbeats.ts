import type { Heartbeat, HeartbeatOutcome, StoredEvent } from '../../app/ports.ts';
import { events } from '../../core/events.ts';
import type { DroneId } from '../../core/ids.ts';
import { makeRecordEvent } from './apply.ts';
import type { GroupCommit } from './group-commit.ts';
import type { LightBeat, LightBeats } from './light-beats.ts';
import { watchNodes } from './node-watch.ts';
import type { Connection } from './open.ts';
import { isEmptyObject, type NodeRow, textOfObject } from './rows.ts';

export type Heartbeats = {
  readonly heartbeat: (beat: Heartbeat, now: number) => Promise<HeartbeatOutcome>;
  /** What was written may not be there: a transaction was lost. */
  readonly forgetAll: () => void;
};

/** What the row of a drone that is online says, as it was made from its heartbeat. */
type Known = { readonly facts: string; readonly isPaused: boolean };

/** So long a heartbeat may wait for others to be written with. */
const WITHIN_MS = 1_000;

type Parts = {
  readonly connection: Connection;
  readonly commit: Pick<GroupCommit, 'write' | 'putOff'>;
  readonly light: LightBeats;
  readonly isProjecting: () => boolean;
  /** Called when something else about a drone is written than that it was heard of. */
  readonly onFacts: (id: DroneId) => void;
};

/**
 * Heartbeats are nearly all there is to do in a large swarm. One that says of the drone what it said before is
 * a time, some measurements and a renewal of leases: it is put off, and many are written together.
 */
export function makeHeartbeats({ connection, commit, light, isProjecting, onFacts }: Parts): Heartbeats {
  const known = new Map<DroneId, Known>();
  watchNodes(connection, 'heartbeats', (id, written) => {
    if (written !== 'facts' || isProjecting()) return;
    known.delete(id);
    light.forget(id);
    onFacts(id);
  });
  const arrive = makeArrive(connection);
  const wholly = (beat: Heartbeat, now: number): HeartbeatOutcome => {
    const before = arrive(beat, now);
    if (before.refused !== undefined) return before;
    known.set(beat.id, { facts: factsOf(beat), isPaused: before.isPaused });
    return { ...before, stop: light.renew(lightOf(beat, now), []) };
  };
  return {
    heartbeat: (beat, now) => {
      const before = known.get(beat.id);
      if (before === undefined || before.facts !== factsOf(beat)) return commit.write(() => wholly(beat, now));
      const said = lightOf(beat, now);
      const undo: (() => void)[] = [];
      const result = { isPaused: before.isPaused, stop: light.note(said, undo), events: [] };
      return commit.putOff({ result, redo: JSON.stringify({ beat: said }), undo: () => undoAll(undo) }, WITHIN_MS);
    },
    forgetAll: () => known.clear(),
  };
}

function undoAll(undo: readonly (() => void)[]): void {
  for (const each of undo.toReversed()) each();
}

function lightOf({ id, metrics, running, currentTask, knowsAttempts }: Heartbeat, at: number): LightBeat {
  return { id, at, metrics: isEmptyObject(metrics) ? null : metrics, running, currentTask, knowsAttempts };
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

/** What a drone says of itself, whatever it does. */
function factsOf({ name, ip, isSweeper, cores, ramGb, capabilities, version }: Heartbeat): string {
  return JSON.stringify([name, ip, isSweeper, cores, ramGb, capabilities, version]);
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
    capabilities: textOfObject(beat.capabilities),
    metrics: textOfObject(beat.metrics),
    slots: typeof slots === 'number' ? slots : null,
    portageTimestamp: typeof stamp === 'string' ? stamp : null,
    running: JSON.stringify(beat.running),
    currentTask: beat.currentTask,
    version: beat.version,
  };
}
