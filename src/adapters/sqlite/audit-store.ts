import type { Audit, AuditFilter, AuditStore } from '../../app/audit-ports.ts';
import type { AuditVerdict } from '../../core/audit.ts';
import { makeRecordEvent } from './apply.ts';
import type { Write } from './group-commit.ts';
import type { Connection } from './open.ts';
import { toMs, toSeconds } from './rows.ts';

type Row = {
  readonly id: number;
  readonly drone: string;
  readonly drone_id: string | null;
  readonly address: string;
  readonly audited_at: number;
  readonly audited_by: string;
  readonly verdict: AuditVerdict;
  readonly spec_version: number | null;
  readonly spec_updated: string | null;
  readonly duration_seconds: number;
  readonly error: string | null;
  readonly checks_json: string;
  readonly drift_json: string | null;
};

/** Names are what operators audit by; a drone that was renamed begins anew. */
const LATEST = 'a.id = (SELECT max(id) FROM audits WHERE drone = a.drone)';

/** Audits as rows, their checks as JSON within. */
export function makeAuditStore(connection: Connection, write: Write): AuditStore {
  const recordEvent = makeRecordEvent(connection);
  const insert = connection.prepare<Omit<Row, 'id'>>(
    `INSERT INTO audits (drone, drone_id, address, audited_at, audited_by, verdict, spec_version, spec_updated,
       duration_seconds, error, checks_json, drift_json)
     VALUES (@drone, @drone_id, @address, @audited_at, @audited_by, @verdict, @spec_version, @spec_updated,
       @duration_seconds, @error, @checks_json, @drift_json)`,
  );
  const prune = connection.prepare<{ drone: string; kept: number }>(
    `DELETE FROM audits WHERE drone = @drone
       AND id <= (SELECT id FROM audits WHERE drone = @drone ORDER BY id DESC LIMIT 1 OFFSET @kept)`,
  );
  const newest = (where: string) =>
    connection.prepare<[string], Row>(`SELECT * FROM audits WHERE drone = ? ${where} ORDER BY id DESC LIMIT 1`);
  const any = newest('');
  const seen = newest("AND verdict <> 'unreachable'");
  const listed = (where: string) =>
    connection.prepare<{ drone: string | null; before: number; limit: number }, Row>(
      `SELECT a.* FROM audits a WHERE a.id < @before AND (@drone IS NULL OR a.drone = @drone OR a.drone_id = @drone)
         ${where} ORDER BY a.id DESC LIMIT @limit`,
    );
  const all = listed('');
  const latest = listed(`AND ${LATEST}`);
  return {
    last: async ({ drone }) => ({ any: auditOrNone(any.get(drone)), seen: auditOrNone(seen.get(drone)) }),
    add: (audit, event, kept) =>
      write(() => {
        const { lastInsertRowid } = insert.run(rowOf(audit));
        prune.run({ drone: audit.drone, kept });
        return {
          id: Number(lastInsertRowid),
          events: event === undefined ? [] : [recordEvent(event, audit.at)],
        };
      }),
    list: async ({ drone, isLatest, before, limit }: AuditFilter) =>
      (isLatest ? latest : all).all({ drone, before: before ?? Number.MAX_SAFE_INTEGER, limit }).map(auditOf),
  };
}

function rowOf(audit: Omit<Audit, 'id'>): Omit<Row, 'id'> {
  const { drift } = audit;
  return {
    drone: audit.drone,
    drone_id: audit.droneId,
    address: audit.address,
    audited_at: toSeconds(audit.at),
    audited_by: audit.by,
    verdict: audit.verdict,
    spec_version: audit.spec?.version ?? null,
    spec_updated: audit.spec?.updated ?? null,
    duration_seconds: audit.durationS,
    error: audit.error,
    checks_json: JSON.stringify(audit.checks),
    drift_json: drift === null ? null : JSON.stringify(drift),
  };
}

function auditOrNone(row: Row | undefined): Audit | undefined {
  return row && auditOf(row);
}

function auditOf(row: Row): Audit {
  return {
    id: row.id,
    drone: row.drone,
    droneId: row.drone_id,
    address: row.address,
    at: toMs(row.audited_at),
    by: row.audited_by,
    verdict: row.verdict,
    spec: row.spec_version === null ? null : { version: row.spec_version, updated: row.spec_updated },
    durationS: row.duration_seconds,
    error: row.error,
    // Written by us, a few lines above.
    checks: JSON.parse(row.checks_json) as Audit['checks'],
    drift: row.drift_json === null ? null : (JSON.parse(row.drift_json) as Audit['drift']),
  };
}
