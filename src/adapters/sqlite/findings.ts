import type { StoredEvent, SwarmStore } from '../../app/ports.ts';
import type { KnownFinding } from '../../app/report-ports.ts';
import { events } from '../../core/events.ts';
import type { Finding, Invariant } from '../../core/invariants.ts';
import { makeRecordEvent } from './apply.ts';
import type { Write } from './group-commit.ts';
import type { Connection } from './open.ts';
import { jsonObject, toMs, toSeconds } from './rows.ts';

type FindingRow = {
  key: string;
  rule: Invariant;
  says: string;
  details_json: string;
  since: number;
  told: 0 | 1;
};

/**
 * Keep what a sweep found. What was there at the sweep before as well is told, once; what was told and is no longer
 * there is told to be over. So what is stuck for a moment only is not told at all, and a start tells nothing again.
 */
export function makeRecordFindings(connection: Connection, write: Write): SwarmStore['recordFindings'] {
  const recordEvent = makeRecordEvent(connection);
  const all = connection.prepare<[], FindingRow>('SELECT * FROM findings ORDER BY since, key');
  const drop = connection.prepare('DELETE FROM findings WHERE key = ?');
  const keep = connection.prepare(
    `INSERT INTO findings (key, rule, says, details_json, since, told) VALUES (@key, @rule, @says, @details, @at, 0)
     ON CONFLICT (key) DO UPDATE SET says = @says, details_json = @details, told = 1`,
  );
  const change = (findings: readonly Finding[], now: number): StoredEvent[] => {
    const before = new Map(all.all().map((row) => [row.key, row]));
    const found = new Map(findings.map((each) => [each.key, each]));
    const gone = [...before.values()].filter(({ key }) => !found.has(key));
    const lasting = [...found.values()].filter(({ key }) => before.get(key)?.told === 0);
    for (const { key } of gone) drop.run(key);
    for (const { key, rule, says, details } of found.values())
      keep.run({ key, rule, says, details: JSON.stringify(details), at: toSeconds(now) });
    return [
      ...gone.filter(({ told }) => told === 1).map(({ rule, says }) => events.notStuck(rule, says)),
      ...lasting.map(({ rule, says, details }) => events.stuck(rule, says, details)),
    ].map((event) => recordEvent(event, now));
  };
  return async (findings, now) =>
    findings.length === 0 && all.get() === undefined ? [] : write(() => change(findings, now));
}

/** What the last sweep found, the oldest first. */
export function makeFindings(connection: Connection): () => KnownFinding[] {
  const all = connection.prepare<[], FindingRow>('SELECT * FROM findings ORDER BY since, key');
  return () =>
    all.all().map(({ rule, says, details_json, since }) => ({
      ...{ rule, says, details: jsonObject(details_json), since: toMs(since) },
    }));
}
