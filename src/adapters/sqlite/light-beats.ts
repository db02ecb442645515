import type { Heartbeat } from '../../app/ports.ts';
import type { AttemptId, DroneId } from '../../core/ids.ts';
import type { LiveRows } from './live-rows.ts';
import type { Connection } from './open.ts';
import type { PutOffWrites } from './projection.ts';
import { textOfObject } from './rows.ts';

/** What a heartbeat says that changes nothing about the drone. `at` in Unix milliseconds. */
export type LightBeat = Pick<Heartbeat, 'id' | 'metrics' | 'running' | 'currentTask' | 'knowsAttempts'> & {
  readonly at: number;
};

/** Heartbeats that were put off, the newest of each drone. */
export type LightBeats = PutOffWrites & {
  /** Put a heartbeat off and renew the leases it names; tells which builds the drone has to stop. */
  note(beat: LightBeat, undo: (() => void)[]): AttemptId[];
  /** Only the leases. */
  renew(beat: LightBeat, undo: (() => void)[]): AttemptId[];
  /** The row was written by somebody else. */
  forget(id: DroneId): void;
};

export function createLightBeats(connection: Connection, live: LiveRows): LightBeats {
  const write = connection.prepare(
    `UPDATE nodes SET last_seen = max(last_seen, ?), metrics_json = coalesce(?, metrics_json), running_json = ?,
       current_task = ? WHERE id = ? AND status = 'online'`,
  );
  const sign = connection.prepare(
    `UPDATE nodes SET last_seen = max(last_seen, ?), metrics_json = coalesce(?, metrics_json)
     WHERE id = ? AND status = 'online'`,
  );
  /** What the row says a drone is doing; a column that does not change need not be written. */
  const doing = new Map<DroneId, string>();
  const beats = new Map<DroneId, LightBeat>();
  const uncommitted = new Map<DroneId, LightBeat>();
  const renew = makeRenew(live);
  const writeOne = (beat: LightBeat) => {
    const running = JSON.stringify(beat.running);
    const now = `${running}${beat.currentTask}`;
    const [at, metrics] = [beat.at / 1000, textOfObject(beat.metrics)];
    if (doing.get(beat.id) === now) sign.run(at, metrics, beat.id);
    else write.run(at, metrics, running, beat.currentTask, beat.id);
    doing.set(beat.id, now);
  };
  return {
    renew,
    note: (beat, undo) => {
      const before = beats.get(beat.id);
      // What measured nothing says nothing, and what was said before stays.
      beats.set(beat.id, beat.metrics === null ? { ...beat, metrics: before?.metrics ?? null } : beat);
      undo.push(() => (before === undefined ? beats.delete(beat.id) : beats.set(beat.id, before)));
      return renew(beat, undo);
    },
    isEmpty: () => beats.size === 0,
    write: () => {
      for (const beat of beats.values()) {
        writeOne(beat);
        uncommitted.set(beat.id, beat);
      }
      beats.clear();
    },
    committed: () => uncommitted.clear(),
    notWritten: () => {
      for (const [id, beat] of uncommitted) {
        const newer = beats.get(id);
        beats.set(id, newer === undefined ? beat : { ...newer, metrics: newer.metrics ?? beat.metrics });
      }
      uncommitted.clear();
      doing.clear();
    },
    forgetAll: () => {
      for (const each of [beats, uncommitted, doing]) each.clear();
    },
    forget: (id) => void doing.delete(id),
  };
}

/** Renews the leases of the builds that a heartbeat names, and tells which of them the drone has to stop. */
function makeRenew(live: LiveRows) {
  return (beat: LightBeat, undo: (() => void)[]): AttemptId[] => {
    const current = live.heldBy(beat.id);
    if (current.length === 0) return beat.running.map((build) => build.attempt);
    const phases = new Map(beat.running.map((build) => [build.attempt, build.phase]));
    for (const row of current) {
      if (beat.knowsAttempts && !phases.has(row.id)) continue;
      live.attempts.set({ ...row, last_heard_at: beat.at / 1000, phase: phases.get(row.id) ?? row.phase });
      undo.push(() => live.attempts.restore(row.id, row));
    }
    const isCurrent = new Set(current.map((attempt) => attempt.id));
    return beat.running.map((build) => build.attempt).filter((id) => !isCurrent.has(id));
  };
}
