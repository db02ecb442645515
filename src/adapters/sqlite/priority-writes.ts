import type { PackageWish, PriorityWrites, SessionPriority } from '../../app/priority-ports.ts';
import type { Actor } from '../../core/actor.ts';
import { events } from '../../core/events.ts';
import { makeRecordEvent } from './apply.ts';
import type { Write } from './group-commit.ts';
import type { Connection } from './open.ts';
import { CALLED, isCalled } from './package-names.ts';

/** What operators say about who goes first. */
export function makePriorityWrites(connection: Connection, write: Write): PriorityWrites {
  const bump = makeBump(connection);
  const prioritise = makePrioritise(connection);
  return {
    bumpPackages: (wish, more, by, now) => write(() => bump(wish, more, by, now)),
    prioritiseSession: (id, priority, by, now) => write(() => prioritise(id, priority, by, now)),
  };
}

function makeBump(connection: Connection) {
  const recordEvent = makeRecordEvent(connection);
  type Row = { id: number; package: string; cpv: string | null };
  const named = connection.prepare<{ name: string; session: string | null }, Row>(
    `SELECT q.id, q.package, q.cpv FROM queue q WHERE ${CALLED} AND q.status <> 'received'
       AND (@session IS NULL OR q.session_id = @session) ORDER BY q.id`,
  );
  const set = connection.prepare<[number, number]>("UPDATE queue SET bump = ? WHERE id = ? AND status <> 'received'");
  return ({ package: name, sessionId }: PackageWish, bump: number, by: Actor, now: number) => {
    const rows = named.all({ name, session: sessionId }).filter((row) => isCalled(name, row));
    const [first] = rows;
    if (first === undefined) return { bumped: 0, events: [] };
    for (const row of rows) set.run(bump, row.id);
    const said = bump === 0 ? `${first.package} has no priority any more` : `${first.package} has priority ${bump}`;
    const details = { package: first.package, session_id: sessionId, bump, count: rows.length };
    const event = { ...events.controlled('prioritise', said, details, by), package: first.package };
    return { bumped: rows.length, events: [recordEvent(event, now)] };
  };
}

function makePrioritise(connection: Connection) {
  const recordEvent = makeRecordEvent(connection);
  type Row = { name: string; status: 'active' | 'completed' | 'aborted'; bump: number; weight: number };
  const one = connection.prepare<[string], Row>('SELECT name, status, bump, weight FROM sessions WHERE id = ?');
  const set = connection.prepare<[number, number, string]>(
    "UPDATE sessions SET bump = ?, weight = ? WHERE id = ? AND status = 'active'",
  );
  return (id: string, wish: SessionPriority, by: Actor, now: number) => {
    const found = one.get(id);
    if (found === undefined) return { ended: 'unknown' } as const;
    if (found.status !== 'active') return { ended: found.status };
    const { bump, weight } = { bump: wish.bump ?? found.bump, weight: wish.weight ?? found.weight };
    set.run(bump, weight, id);
    const said = `Session ${found.name} has priority ${bump} and weight ${weight}`;
    const event = events.controlled('prioritise', said, { session_id: id, bump, weight }, by);
    return { ended: 'no', events: [recordEvent(event, now)] } as const;
  };
}
