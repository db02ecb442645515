import type { Artifact, Binpkg, SwarmStore } from '../../app/ports.ts';
import { events } from '../../core/events.ts';
import { makeRecordEvent } from './apply.ts';
import type { Write } from './group-commit.ts';
import type { Connection } from './open.ts';
import { artifact, type BinpkgRow, binpkg } from './rows.ts';

type BinpkgStore = Pick<
  SwarmStore,
  | 'saveArtifact'
  | 'markPublished'
  | 'dropBinpkgs'
  | 'loseBinpkgs'
  | 'readArtifact'
  | 'readBinpkgs'
  | 'readUnpublished'
  | 'readStaged'
  | 'findBinpkgs'
>;

/** Which binary packages there are, from upload to the published index. */
export function makeBinpkgStore(connection: Connection, write: Write): BinpkgStore {
  const save = connection.prepare(
    `INSERT INTO binpkgs (attempt, cpv, build_id, path, size_bytes, sha256, block_json, state)
     SELECT @attempt, @cpv, @buildId, @path, @sizeBytes, @sha256, @block, 'staged'
     WHERE EXISTS (SELECT 1 FROM attempts WHERE id = @attempt AND state = 'running')
     ON CONFLICT (attempt) DO UPDATE SET cpv = @cpv, build_id = @buildId, path = @path, size_bytes = @sizeBytes,
       sha256 = @sha256, block_json = @block WHERE state = 'staged'`,
  );
  const publish = connection.prepare("UPDATE binpkgs SET state = 'published' WHERE attempt = ? AND state = 'accepted'");
  const lose = makeLose(connection);
  const drop = connection.prepare('DELETE FROM binpkgs WHERE attempt = ?');
  const one = connection.prepare<[number], BinpkgRow>('SELECT * FROM binpkgs WHERE attempt = ?');
  const all = connection.prepare<[], BinpkgRow>("SELECT * FROM binpkgs WHERE state <> 'staged' ORDER BY attempt");
  const unpublished = connection.prepare<[], BinpkgRow>(
    "SELECT * FROM binpkgs WHERE state = 'accepted' ORDER BY attempt",
  );
  const staged = connection.prepare<[], BinpkgRow & { running: 0 | 1 }>(
    "SELECT b.*, a.state = 'running' AS running FROM binpkgs b JOIN attempts a ON a.id = b.attempt WHERE b.state = 'staged'",
  );
  const byCpv = connection.prepare<[string], BinpkgRow>(
    "SELECT * FROM binpkgs WHERE cpv = ? AND state <> 'staged' ORDER BY attempt",
  );
  return {
    saveArtifact: (made: Artifact) =>
      write(() => save.run({ ...made, block: JSON.stringify(made.block) }).changes === 1),
    markPublished: (attempts) =>
      write(() => {
        for (const attempt of attempts) publish.run(attempt);
      }),
    dropBinpkgs: (attempts) =>
      write(() => {
        for (const attempt of attempts) drop.run(attempt);
      }),
    loseBinpkgs: (lost, now) => (lost.length === 0 ? Promise.resolve([]) : write(() => lose(lost, now))),
    readArtifact: async (attempt) => {
      const row = one.get(attempt);
      return row === undefined ? undefined : artifact(row);
    },
    readBinpkgs: async () => all.all().map(binpkg),
    readStaged: async () => {
      const rows = staged.all();
      const ofRunning = (isRunning: 0 | 1) => rows.filter((row) => row.running === isRunning).map(artifact);
      return { wanted: ofRunning(1), abandoned: ofRunning(0) };
    },
    readUnpublished: async () => unpublished.all().map(binpkg),
    findBinpkgs: async (cpvs) => cpvs.flatMap((cpv) => byCpv.all(cpv).map(binpkg)),
  };
}

/**
 * A session that is open and had received the package, and for which no other instance stands, needs it
 * again; sessions that are over have had it.
 */
function makeLose(connection: Connection) {
  const recordEvent = makeRecordEvent(connection);
  const drop = connection.prepare('DELETE FROM binpkgs WHERE attempt = ?');
  const needAgain = connection.prepare<{ attempt: number; cpv: string }, { package: string }>(
    `UPDATE queue SET status = 'needed', completed_at = NULL, assigned_to = NULL, assigned_at = NULL
     WHERE status = 'received' AND session_id IN (SELECT id FROM sessions WHERE status = 'active')
       AND (id = (SELECT queue_id FROM attempts WHERE id = @attempt)
         OR cpv = @cpv AND NOT EXISTS (SELECT 1 FROM binpkgs b WHERE b.cpv = @cpv AND b.state <> 'staged'))
       AND NOT EXISTS (SELECT 1 FROM queue t WHERE t.session_id IS queue.session_id AND t.package = queue.package
         AND t.status IN ('needed', 'delegated'))
     RETURNING package`,
  );
  return (lost: readonly Binpkg[], now: number) => {
    for (const each of lost) drop.run(each.attempt);
    return lost.flatMap(({ attempt, cpv, path }) =>
      needAgain.all({ attempt, cpv }).map((row) => recordEvent(events.lost(row.package, path), now)),
    );
  };
}
