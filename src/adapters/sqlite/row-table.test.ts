import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRowTable } from './row-table.ts';

type Row = { readonly id: number; readonly word: string; readonly over: 0 | 1 };

const id = fc.integer({ min: 1, max: 6 });
const row = { id, word: fc.constantFrom('a', 'b', 'c'), over: fc.constantFrom(0, 0, 1) };
type Step =
  | ({ do: 'set' | 'write' | 'write-and-fail' } & Row)
  | { do: 'remove'; id: number }
  | { do: 'undo' | 'commit' | 'lose' | 'not-written' | 'flush' | 'look' };

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('set'), ...row }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('write', 'write-and-fail'), ...row }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove'), id }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('undo', 'commit', 'lose', 'not-written', 'flush', 'look', 'look') }),
  },
) as fc.Arbitrary<Step>;

/** A table whose rows are kept in memory, written as the group commit does it, and what it must say. */
function createWorld() {
  const connection = new Database(':memory:');
  connection.exec('CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT, over INTEGER)');
  let isOurs = false;
  connection.function('wrote', (written: unknown) => {
    if (!isOurs) table.wasWritten(Number(written));
    return null;
  });
  connection.exec(`CREATE TEMP TRIGGER came AFTER INSERT ON main.words BEGIN SELECT wrote(NEW.id); END;
    CREATE TEMP TRIGGER changed AFTER UPDATE ON main.words BEGIN SELECT wrote(NEW.id); END;
    CREATE TEMP TRIGGER went AFTER DELETE ON main.words BEGIN SELECT wrote(OLD.id); END;`);
  const live = new Map<number, Row>();
  const table = createRowTable<Row>({
    read: connection.prepare('SELECT * FROM words WHERE id = ?'),
    readBetween: connection.prepare('SELECT * FROM words WHERE id BETWEEN ? AND ?'),
    readAll: connection.prepare('SELECT * FROM words WHERE over = 0'),
    isLive: (each) => each.over === 0,
    onChange: (before, after) => {
      if (before !== undefined) live.delete(before.id);
      if (after?.over === 0) live.set(after.id, after);
    },
  });
  const upsert = connection.prepare<Row>(
    `INSERT INTO words VALUES (@id, @word, @over) ON CONFLICT (id) DO UPDATE SET word = @word, over = @over`,
  );
  const remove = connection.prepare('DELETE FROM words WHERE id = ?');
  const flush = () => {
    if (!connection.inTransaction) connection.exec('BEGIN');
    isOurs = true;
    for (const each of table.takeUnwritten()) upsert.run(each);
    isOurs = false;
  };
  let committed = new Map<number, Row>();
  let now = new Map<number, Row>();
  let undo: (() => void)[] = [];
  const write = (work: () => void) => {
    flush();
    undo = [];
    work();
  };
  return {
    set: ({ id: which, word, over }: Row) => {
      const before = table.get(which);
      const known = now.get(which);
      // As in the queue: what is over comes back only by a statement, and a new row has a new number.
      if (before === undefined && known !== undefined) return;
      table.set({ id: which, word, over });
      now.set(which, { id: which, word, over });
      undo.push(() => {
        table.restore(which, before);
        if (known === undefined) now.delete(which);
        else now.set(which, known);
      });
    },
    undo: () => {
      for (const each of undo.toReversed()) each();
      undo = [];
    },
    write: ({ id: which, word, over }: Row) =>
      write(() => {
        upsert.run({ id: which, word, over });
        now.set(which, { id: which, word, over });
      }),
    writeAndFail: ({ id: which, word, over }: Row) =>
      write(() => {
        connection.exec('SAVEPOINT one');
        upsert.run({ id: which, word, over });
        const before = table.get(which);
        if (before !== undefined) {
          table.set({ ...before, word: 'undone' });
          table.restore(which, before);
        }
        connection.exec('ROLLBACK TO one; RELEASE one');
        table.distrust();
      }),
    remove: (which: number) =>
      write(() => {
        remove.run(which);
        now.delete(which);
      }),
    flush: () => {
      flush();
      undo = [];
    },
    commit: () => {
      flush();
      connection.exec('COMMIT');
      table.committed();
      committed = new Map(now);
      undo = [];
    },
    lose: () => {
      flush();
      connection.exec('ROLLBACK');
      table.forgetAll();
      now = new Map(committed);
      undo = [];
    },
    notWritten: () => {
      if (connection.inTransaction) return;
      flush();
      connection.exec('ROLLBACK');
      table.notWritten();
    },
    look: () => {
      table.look();
      const wanted = [...now.values()].filter((each) => each.over === 0).sort((one, other) => one.id - other.id);
      expect([...live.values()].sort((one, other) => one.id - other.id)).toEqual(wanted);
      for (const each of wanted) expect(table.get(each.id)).toEqual(each);
    },
    /** In the end. */
    stored: () => connection.prepare('SELECT * FROM words ORDER BY id').all(),
    now: () => [...now.values()].sort((one, other) => one.id - other.id),
    kept: () => [...now.keys()].filter((each) => table.get(each) !== undefined).length,
    table,
    connection,
  };
}

test('whatever is done in memory, written beside it, undone or lost: rows are what was done last and not lost', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), (steps) => {
      const world = createWorld();
      for (const each of steps) {
        if (each.do === 'write-and-fail') world.writeAndFail(each);
        else if (each.do === 'not-written') world.notWritten();
        else if (each.do === 'set' || each.do === 'write') world[each.do](each);
        else if (each.do === 'remove') world.remove(each.id);
        else world[each.do]();
      }
      world.look();
      world.commit();
      world.look();
      expect(world.stored()).toEqual(world.now());
      // What is over is not kept in memory.
      expect(world.kept()).toBe(world.now().filter((each) => each.over === 0).length);
      world.connection.close();
    }),
    { numRuns: 500 },
  );
});

test.each([
  { count: 12_000, step: 1 },
  { count: 12_000, step: 2 },
])(
  'of $count rows that one statement wrote, every $step-th, those that are over are told and those that are not are kept',
  ({ count, step: distance }) => {
    const world = createWorld();
    const insert = `WITH RECURSIVE n (id) AS (VALUES (${distance}) UNION ALL SELECT id + ${3 * distance} FROM n WHERE id < ?)
      INSERT INTO words SELECT id, 'a', 0 FROM n`;
    world.connection.prepare(insert).run(3 * distance * count);
    world.table.look();
    world.connection.exec('UPDATE words SET over = id % 4 = 0');
    const live = world.connection.prepare<[], { id: number }>('SELECT id FROM words WHERE over = 0').all();

    expect(live.length).toBeGreaterThan(0);
    for (const { id: each } of live) expect(world.table.get(each)).toMatchObject({ over: 0 });
    expect(
      world.connection
        .prepare('SELECT id FROM words WHERE over = 1')
        .all()
        .map((each) => world.table.get((each as Row).id)),
    ).not.toContainEqual(expect.anything());
    world.connection.close();
  },
);
