import type { EscalationFilter, EscalationStore, StepWish } from '../../app/escalation-ports.ts';
import type { SwarmEvent } from '../../core/events.ts';
import { makeRecordEvent } from './apply.ts';
import {
  type CareRow,
  type CaseRow,
  escalation,
  type FleetRow,
  openCase,
  probeText,
  type StepRow,
  storedDrone,
} from './escalation-rows.ts';
import type { Write } from './group-commit.ts';
import type { Connection } from './open.ts';
import { toSeconds } from './rows.ts';

/** Of each escalation: enough to see how it went, and not every minute of a week. */
const PROBES_KEPT = 30;
const CASES_KEPT = 2_000;

/** What was done to drones that did not go on. */
export function makeEscalationStore(connection: Connection, write: Write): EscalationStore {
  const recordEvent = makeRecordEvent(connection);
  const statements = prepare(connection);
  const recorded = (event: SwarmEvent | undefined, now: number) => (event ? [recordEvent(event, now)] : []);
  const stepsOf = (caseId: number) => statements.steps.all(caseId);
  return {
    readFleet: async () =>
      statements.fleet.all().map((row) => {
        const open = row.case_id === null ? undefined : statements.find.get(row.case_id);
        return storedDrone(row, open === undefined ? null : openCase(open, stepsOf(open.id)));
      }),
    open: ({ drone, suspected, reopens }, event, now) =>
      write(() => {
        const at = toSeconds(now);
        const isReopened = reopens !== null && statements.reopen.run(reopens).changes === 1;
        if (!isReopened)
          statements.open.run({ id: drone.id, name: drone.name, kind: suspected.kind, says: suspected.says, at });
        statements.forgetOld.run();
        return recorded(event, now);
      }),
    setQuiet: (caseId, since) =>
      write(() => void statements.setQuiet.run(since === null ? null : toSeconds(since), caseId)),
    close: (caseId, ending, event, now) =>
      write(() => (statements.close.run(toSeconds(now), ending, caseId).changes === 0 ? [] : recorded(event, now))),
    begin: (wish, event, now) =>
      write(() => {
        const stepId = begin(statements, wish, now);
        return stepId === undefined ? undefined : { stepId, events: recorded(event, now) };
      }),
    end: ({ stepId, outcome, says }, event, now) =>
      write(() => {
        const row = { id: stepId, at: toSeconds(now), outcome, says, probe: null };
        return statements.end.run(row).changes === 0 ? [] : recorded(event, now);
      }),
    endProbe: ({ stepId, caseId, drone, probe, inVain }, event, now) =>
      write(() => {
        const outcome = probe.facts === null ? 'failed' : 'done';
        const at = toSeconds(now);
        statements.end.run({ id: stepId, at, outcome, says: probe.says, probe: JSON.stringify(probe) });
        statements.inVain.run(inVain, caseId);
        statements.forgetProbes.run({ caseId, kept: PROBES_KEPT });
        statements.keepProbe.run({ id: drone.id, text: probeText(drone, probe), at: toSeconds(probe.at) });
        return recorded(event, now);
      }),
    ask: (caseId, says, event, now) =>
      write(() => {
        const at = toSeconds(now);
        if (statements.ask.run(at, caseId).changes === 0) return [];
        statements.noteAsked.run({ caseId, says, at });
        return recorded(event, now);
      }),
    record: (event, now) => write(() => recorded(event, now)),
    interruptAll: (now) => write(() => void statements.interrupt.run(toSeconds(now))),
    closeGone: async (now) => {
      if (statements.gone.get() !== undefined) await write(() => statements.closeGone.run(toSeconds(now)));
    },
    list: async (filter: EscalationFilter) => {
      const { drone, before, limit } = filter;
      const wish = { drone, before: before ?? Number.MAX_SAFE_INTEGER, limit };
      return (filter.isOpen ? statements.listOpen : statements.list)
        .all(wish)
        .map((row) => escalation(row, stepsOf(row.id)));
    },
    careOf: async (idOrName) => {
      const row = statements.care.get({ idOrName });
      return (
        row && {
          ...{ id: row.id, name: row.name, isProtected: row.protected === 1, machine: row.machine },
          ...{ rebootRule: row.reboot ?? 'by-machine', sshAddress: row.ssh_address, sshUser: row.ssh_user },
          sshPort: row.ssh_port,
        }
      );
    },
  };
}

type Statements = ReturnType<typeof prepare>;

/** Whoever was heard of meanwhile, or is in somebody's hands now, is left alone. */
function begin({ mayBegin, begin: insert, noteRestart }: Statements, wish: StepWish, now: number): number | undefined {
  const { drone, caseId, step, because, isForSilence } = wish;
  const seenAt = isForSilence ? toSeconds(drone.lastSeenAt) + 0.001 : Number.MAX_SAFE_INTEGER;
  if (mayBegin.get({ id: drone.id, caseId, seenAt }) === undefined) return undefined;
  const { lastInsertRowid } = insert.run({ caseId, id: drone.id, step, because, at: toSeconds(now) });
  if (step !== 'probe') noteRestart.run(drone.id);
  return Number(lastInsertRowid);
}

function prepare(connection: Connection) {
  return { ...prepareReads(connection), ...prepareCases(connection), ...prepareSteps(connection) };
}

function prepareReads(connection: Connection) {
  const listed = (where: string) =>
    connection.prepare<{ drone: string | null; before: number; limit: number }, CaseRow>(
      `SELECT * FROM escalations WHERE id < @before AND ${where}
         AND (@drone IS NULL OR drone_id = @drone OR drone = @drone) ORDER BY id DESC LIMIT @limit`,
    );
  return {
    fleet: connection.prepare<[], FleetRow>(
      `SELECT n.id, n.name, n.ip, n.paused, n.last_seen, n.cores, n.capabilities_json, n.running_json,
         h.failures, h.grounded_until, h.last_probe_result,
         c.protected, c.machine, c.reboot, c.ssh_address, c.ssh_user, c.ssh_port,
         (SELECT max(started_at) FROM escalation_steps WHERE step = 'reboot' AND drone_id = n.id) AS last_reboot,
         CASE WHEN e.id IS NOT NULL THEN (SELECT built_at FROM build_history
           WHERE drone_id = n.id AND status = 'success' ORDER BY id DESC LIMIT 1) END AS last_success,
         e.id AS case_id, l.id AS last_case_id, l.closed_at AS last_closed_at, l.ending AS last_ending
       FROM nodes n LEFT JOIN drone_health h ON h.node_id = n.id LEFT JOIN drone_care c ON c.node_id = n.id
         LEFT JOIN escalations e ON e.drone_id = n.id AND e.closed_at IS NULL
         LEFT JOIN escalations l ON l.id = (SELECT max(id) FROM escalations WHERE drone_id = n.id)
       ORDER BY n.id`,
    ),
    find: connection.prepare<[number], CaseRow>('SELECT * FROM escalations WHERE id = ?'),
    steps: connection.prepare<[number], StepRow>('SELECT * FROM escalation_steps WHERE escalation_id = ? ORDER BY id'),
    gone: connection.prepare<[], { id: number }>(
      'SELECT id FROM escalations WHERE closed_at IS NULL AND drone_id NOT IN (SELECT id FROM nodes) LIMIT 1',
    ),
    list: listed('TRUE'),
    listOpen: listed('closed_at IS NULL'),
    // An id goes before the name of another.
    care: connection.prepare<{ idOrName: string }, CareRow & { id: string; name: string }>(
      `SELECT n.id, n.name, c.protected, c.machine, c.reboot, c.ssh_address, c.ssh_user, c.ssh_port
       FROM nodes n LEFT JOIN drone_care c ON c.node_id = n.id WHERE n.id = @idOrName OR n.name = @idOrName
       ORDER BY n.id = @idOrName DESC LIMIT 1`,
    ),
  };
}

function prepareCases(connection: Connection) {
  return {
    open: connection.prepare(
      `INSERT INTO escalations (drone_id, drone, suspicion, says, opened_at) VALUES (@id, @name, @kind, @says, @at)`,
    ),
    reopen: connection.prepare(
      `UPDATE escalations SET closed_at = NULL, ending = NULL, quiet_since = NULL, asked_at = NULL, in_vain = 0
       WHERE id = ? AND closed_at IS NOT NULL`,
    ),
    setQuiet: connection.prepare('UPDATE escalations SET quiet_since = ? WHERE id = ? AND closed_at IS NULL'),
    close: connection.prepare('UPDATE escalations SET closed_at = ?, ending = ? WHERE id = ? AND closed_at IS NULL'),
    closeGone: connection.prepare(
      `UPDATE escalations SET closed_at = ?, ending = 'gone'
       WHERE closed_at IS NULL AND drone_id NOT IN (SELECT id FROM nodes)`,
    ),
    ask: connection.prepare(
      'UPDATE escalations SET asked_at = ? WHERE id = ? AND closed_at IS NULL AND asked_at IS NULL',
    ),
    inVain: connection.prepare('UPDATE escalations SET in_vain = ? WHERE id = ?'),
    forgetOld: connection.prepare(
      `DELETE FROM escalations WHERE closed_at IS NOT NULL
         AND id <= (SELECT id FROM escalations ORDER BY id DESC LIMIT 1 OFFSET ${CASES_KEPT})`,
    ),
  };
}

function prepareSteps(connection: Connection) {
  return {
    mayBegin: connection.prepare<{ id: string; caseId: number; seenAt: number }, { one: 1 }>(
      `SELECT 1 AS one FROM nodes n JOIN escalations e ON e.drone_id = n.id LEFT JOIN drone_care c ON c.node_id = n.id
       WHERE n.id = @id AND e.id = @caseId AND e.closed_at IS NULL AND n.paused = 0 AND n.last_seen <= @seenAt
         AND coalesce(c.protected, 0) = 0
         AND NOT EXISTS (SELECT 1 FROM escalation_steps s WHERE s.drone_id = n.id AND s.ended_at IS NULL)`,
    ),
    begin: connection.prepare(
      `INSERT INTO escalation_steps (escalation_id, drone_id, step, because, started_at)
       VALUES (@caseId, @id, @step, @because, @at)`,
    ),
    noteRestart: connection.prepare(
      `INSERT INTO drone_health (node_id, rebooted) VALUES (?, 1) ON CONFLICT (node_id) DO UPDATE SET rebooted = 1`,
    ),
    end: connection.prepare(
      `UPDATE escalation_steps SET ended_at = @at, outcome = @outcome, says = @says, probe_json = @probe
       WHERE id = @id AND ended_at IS NULL`,
    ),
    noteAsked: connection.prepare(
      `INSERT INTO escalation_steps (escalation_id, drone_id, step, because, started_at, ended_at, outcome)
       SELECT id, drone_id, 'ask', @says, @at, @at, 'done' FROM escalations WHERE id = @caseId`,
    ),
    keepProbe: connection.prepare(
      `INSERT INTO drone_health (node_id, last_probe_result, last_probe_at)
       SELECT id, @text, @at FROM nodes WHERE id = @id
       ON CONFLICT (node_id) DO UPDATE SET last_probe_result = @text, last_probe_at = @at`,
    ),
    forgetProbes: connection.prepare(
      `DELETE FROM escalation_steps WHERE escalation_id = @caseId AND step = 'probe' AND ended_at IS NOT NULL
         AND id <= (SELECT id FROM escalation_steps WHERE escalation_id = @caseId AND step = 'probe'
           ORDER BY id DESC LIMIT 1 OFFSET @kept)`,
    ),
    interrupt: connection.prepare(
      `UPDATE escalation_steps SET ended_at = ?, outcome = 'interrupted', says = 'the control plane ended meanwhile'
       WHERE ended_at IS NULL`,
    ),
  };
}
