import { expect, test } from 'vitest';
import { makeBinpkgReads } from '../../src/adapters/sqlite/binpkg-reads.ts';
import { createConfigCache } from '../../src/adapters/sqlite/config-cache.ts';
import { createDroneCache } from '../../src/adapters/sqlite/drone-cache.ts';
import { makeDroneReads } from '../../src/adapters/sqlite/drone-reads.ts';
import { makeEscalationStore } from '../../src/adapters/sqlite/escalation-store.ts';
import { makeExplainReads } from '../../src/adapters/sqlite/explain-reads.ts';
import { makeFleetWrites } from '../../src/adapters/sqlite/fleet-writes.ts';
import { createLiveRows } from '../../src/adapters/sqlite/live-rows.ts';
import { makeNodeSettings } from '../../src/adapters/sqlite/node-settings.ts';
import { makeNotificationStore } from '../../src/adapters/sqlite/notification-store.ts';
import { openConnection } from '../../src/adapters/sqlite/open.ts';
import { makeOperations } from '../../src/adapters/sqlite/operations.ts';
import { makePriorityWrites } from '../../src/adapters/sqlite/priority-writes.ts';
import { makeQueueWrites } from '../../src/adapters/sqlite/queue-writes.ts';
import { makeRemovals } from '../../src/adapters/sqlite/removal-writes.ts';
import { makeReports } from '../../src/adapters/sqlite/reports.ts';
import { makeSessionFacts } from '../../src/adapters/sqlite/session-facts.ts';
import { makeSessionReads } from '../../src/adapters/sqlite/session-reads.ts';
import { makeStatisticsReads } from '../../src/adapters/sqlite/statistics-reads.ts';
import { makeTimelineReads } from '../../src/adapters/sqlite/timeline-reads.ts';
import { nothingTouched } from '../../src/adapters/sqlite/touched.ts';
import { makeViews } from '../../src/adapters/sqlite/views.ts';

const GROWING = /^SCAN (queue|attempts|build_history|events|binpkgs|[qahebt])$/;

/**
 * Statements that read a whole table on purpose: the plan of a whole session is made from all of its packages, and
 * who asks for the newest rows reads from the end and stops.
 */
const READS_FROM_ONE_END = /ORDER BY (q\.)?id( DESC)? LIMIT/;
const ON_PURPOSE = [
  // The look for rows that wait for a new parent is skipped while none is missed, which is always.
  /^INSERT INTO nodes/,
  /^DELETE FROM nodes/,
  /FROM queue q LEFT JOIN nodes n ON n\.id = q\.assigned_to ORDER BY CASE/,
  /^UPDATE queue SET not_before/,
  // Somebody looks for a part of a name.
  /@match IS NULL OR instr/,
];

test('no statement of a request or a tick looks through the whole queue or history', () => {
  const connection = openConnection(':memory:');
  const texts: string[] = [];
  const prepare = connection.prepare.bind(connection);
  // Every statement that is prepared from here on is written down.
  connection.prepare = (text: string) => {
    texts.push(text);
    return prepare(text);
  };
  const config = createConfigCache(connection);
  const write = <T>(work: () => T) => Promise.resolve(work());
  makeReports(connection, { config, staleUntilMs: 1, eventsRing: 200 });
  const live = createLiveRows(connection, () => false, nothingTouched());
  makeViews({ connection, config, live, drones: makeDroneReads(connection, createDroneCache()) });
  makeSessionReads(connection, live);
  makeFleetWrites(connection, write);
  makeQueueWrites({ connection, write, config });
  makeOperations(connection, write);
  makeExplainReads(connection);
  makeBinpkgReads(connection);
  makePriorityWrites(connection, write);
  makeNodeSettings(connection, write);
  makeEscalationStore(connection, write);
  makeNotificationStore(connection, write);
  makeRemovals(connection, write);
  makeSessionFacts(connection);
  makeStatisticsReads(connection);
  makeTimelineReads(connection);

  const scans = texts.flatMap((text) => {
    const plan = prepare(`EXPLAIN QUERY PLAN ${text}`);
    const parameters = (text.match(/\?/g) ?? []).map(() => null);
    const named = Object.fromEntries([...text.matchAll(/@(\w+)/g)].map(([, name]) => [name, null]));
    const rows = (text.includes('@') ? plan.all(named) : plan.all(...parameters)) as { detail: string }[];
    const isBounded = READS_FROM_ONE_END.test(text) || ON_PURPOSE.some((pattern) => pattern.test(text.trim()));
    const found = rows.map((row) => row.detail).filter((detail) => GROWING.test(detail));
    return isBounded || found.length === 0 ? [] : [`${found.join(', ')}: ${text}`];
  });
  connection.close();

  expect(texts.length).toBeGreaterThan(40);
  expect(scans).toEqual([]);
});
