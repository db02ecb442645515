import type { Change, PackageUpdate } from '../../core/change.ts';
import type { AttemptId } from '../../core/ids.ts';
import { isLegalMove } from '../../core/package-state.ts';
import type { LiveQueueRow, LiveRows } from './live-rows.ts';

/** A guarded change found another state than it expected. Voids the whole decision; never leaves this folder. */
export class Overtaken extends Error {}

/** The changes that come with each request. */
export type LiveChange = Extract<Change, { kind: 'grant' | 'end-attempt' | 'move' }>;

/** Makes a change in memory and adds to `undo` what takes it back; says which build was begun. */
export type ApplyLive = (change: LiveChange, undo: (() => void)[]) => AttemptId | null;

/**
 * Make the function that makes changes in memory.
 * @param isDrone Whether there is a drone of this id.
 * @throws Overtaken when the change does not find what it expects; then nothing was changed by it.
 */
export function makeApplyLive(live: LiveRows, isDrone: (id: string) => boolean): ApplyLive {
  const grant = makeGrant(live, isDrone);
  const endAttempt = makeEndAttempt(live);
  const move = makeMove(live);
  return (change, undo) => {
    switch (change.kind) {
      case 'grant':
        return grant(change, undo);
      case 'end-attempt':
        endAttempt(change, undo);
        return null;
      case 'move':
        move(change, undo);
        return null;
    }
  };
}

type ChangeOf<K extends LiveChange['kind']> = Extract<LiveChange, { kind: K }>;

function makeGrant(live: LiveRows, isDrone: (id: string) => boolean) {
  return (change: ChangeOf<'grant'>, undo: (() => void)[]): AttemptId => {
    const { queueId, droneId, droneName, sessionId } = change;
    const row = expectRow(live, queueId, change.expect);
    if (!isDrone(droneId) || hasRival(live, row)) throw new Overtaken();
    const at = change.at / 1000;
    const id = live.nextAttempt();
    setQueueRow(live, row, { ...row, status: 'delegated', assigned_to: droneId, assigned_at: at, attempt: id }, undo);
    live.attempts.set({
      id,
      queue_id: queueId,
      package: change.package,
      drone_id: droneId,
      drone_name: droneName,
      session_id: sessionId,
      state: 'running',
      granted_at: at,
      last_heard_at: at,
      ended_at: null,
      duration_seconds: null,
      failure_class: null,
      phase: null,
      error_message: null,
    });
    undo.push(() => live.attempts.restore(id, undefined));
    return id;
  };
}

function makeEndAttempt(live: LiveRows) {
  return (change: ChangeOf<'end-attempt'>, undo: (() => void)[]): void => {
    const row = live.attempts.get(change.attempt);
    if (row?.state !== 'running') throw new Overtaken();
    live.attempts.set({
      ...row,
      state: change.to,
      ended_at: change.at / 1000,
      duration_seconds: change.durationS,
      failure_class: change.failureClass,
      phase: change.phase,
      error_message: change.error,
    });
    undo.push(() => live.attempts.restore(row.id, row));
  };
}

function makeMove(live: LiveRows) {
  return (change: ChangeOf<'move'>, undo: (() => void)[]): void => {
    const { queueId, expect, to } = change;
    if (!isLegalMove(expect.state, to)) {
      throw new Error(`illegal move of package ${queueId}: ${expect.state} to ${to}`);
    }
    const row = expectRow(live, queueId, expect);
    if (to === 'needed' && hasRival(live, row)) throw new Overtaken();
    const at = change.at / 1000;
    const moved = to === 'received' ? received(row, at) : movedTo(to, row, { update: change.update, at, live });
    setQueueRow(live, row, moved, undo);
  };
}

function expectRow(live: LiveRows, id: number, expect: ChangeOf<'move'>['expect']): LiveQueueRow {
  const row = live.queue.get(id);
  if (row === undefined || row.status !== expect.state || row.attempt !== expect.attempt) throw new Overtaken();
  return row;
}

/** Of several rows of one package in one session only one may be needed or built. */
function hasRival(live: LiveRows, row: LiveQueueRow): boolean {
  if (row.status === 'needed' || row.status === 'delegated' || row.session_id === null) return false;
  return live.wishesFor(row.package).some((each) => each.id !== row.id && each.session_id === row.session_id);
}

function setQueueRow(live: LiveRows, before: LiveQueueRow, after: LiveQueueRow, undo: (() => void)[]): void {
  live.queue.set(after);
  undo.push(() => live.queue.restore(before.id, before));
}

/** What is received has no failures left to tell of, whatever the decision says of them. */
function received(row: LiveQueueRow, at: number): LiveQueueRow {
  return {
    ...row,
    status: 'received',
    attempt: null,
    completed_at: at,
    failure_count: 0,
    infrastructure_failures: 0,
    failure_class: null,
    error_message: null,
    not_before: null,
    blocked_at: null,
    max_jobs: null,
    needs_memory_mb: null,
  };
}

type Move = { readonly update: PackageUpdate; readonly at: number; readonly live: LiveRows };

function movedTo(to: 'needed' | 'blocked' | 'failed', row: LiveQueueRow, { update, at, live }: Move): LiveQueueRow {
  const { failures, infrastructureFailures, failureClass, error, notBefore, forgetsFailures, ages } = update;
  const { maxJobs = row.max_jobs, needsMemoryMb = row.needs_memory_mb } = update;
  return {
    ...row,
    status: to,
    attempt: null,
    ...(to === 'needed' ? { assigned_to: null, assigned_at: null } : {}),
    completed_at: null,
    failure_count: failures ?? row.failure_count,
    infrastructure_failures: infrastructureFailures ?? row.infrastructure_failures,
    failure_class: failureClass === undefined ? row.failure_class : failureClass,
    error_message: error === undefined ? row.error_message : error,
    not_before: notBefore === undefined ? row.not_before : notBefore === null ? null : notBefore / 1000,
    blocked_at: to === 'blocked' ? at : null,
    ageings: row.ageings + (ages ? 1 : 0),
    failures_since: forgetsFailures ? live.lastAttempt() : row.failures_since,
    max_jobs: maxJobs,
    needs_memory_mb: needsMemoryMb,
  };
}
