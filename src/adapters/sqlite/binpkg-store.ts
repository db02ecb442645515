import type { Artifact, SwarmStore } from '../../app/ports.ts';
import type { Connection } from './open.ts';
import { artifact, type BinpkgRow, binpkg } from './rows.ts';

type BinpkgStore = Pick<
  SwarmStore,
  'saveArtifact' | 'markPublished' | 'dropBinpkgs' | 'readArtifact' | 'readBinpkgs' | 'readUnpublished' | 'findBinpkgs'
>;

/** Which binary packages there are, from upload to the published index. */
export function makeBinpkgStore(connection: Connection): BinpkgStore {
  const save = connection.prepare(
    `INSERT INTO binpkgs (attempt, cpv, build_id, path, size_bytes, sha256, block_json, state)
     VALUES (@attempt, @cpv, @buildId, @path, @sizeBytes, @sha256, @block, 'staged')
     ON CONFLICT (attempt) DO UPDATE SET cpv = @cpv, build_id = @buildId, path = @path, size_bytes = @sizeBytes,
       sha256 = @sha256, block_json = @block WHERE state = 'staged'`,
  );
  const publish = connection.prepare("UPDATE binpkgs SET state = 'published' WHERE attempt = ? AND state = 'accepted'");
  const drop = connection.prepare('DELETE FROM binpkgs WHERE attempt = ?');
  const one = connection.prepare<[number], BinpkgRow>('SELECT * FROM binpkgs WHERE attempt = ?');
  const all = connection.prepare<[], BinpkgRow>("SELECT * FROM binpkgs WHERE state <> 'staged' ORDER BY attempt");
  const unpublished = connection.prepare<[], BinpkgRow>(
    "SELECT * FROM binpkgs WHERE state = 'accepted' ORDER BY attempt",
  );
  const byCpv = connection.prepare<[string], BinpkgRow>(
    "SELECT * FROM binpkgs WHERE cpv = ? AND state <> 'staged' ORDER BY attempt",
  );
  return {
    saveArtifact: async (made: Artifact) => {
      save.run({ ...made, block: JSON.stringify(made.block) });
    },
    markPublished: async (attempts) =>
      connection.transaction(() => {
        for (const attempt of attempts) publish.run(attempt);
      })(),
    dropBinpkgs: async (attempts) =>
      connection.transaction(() => {
        for (const attempt of attempts) drop.run(attempt);
      })(),
    readArtifact: async (attempt) => {
      const row = one.get(attempt);
      return row === undefined ? undefined : artifact(row);
    },
    readBinpkgs: async () => all.all().map(binpkg),
    readUnpublished: async () => unpublished.all().map(binpkg),
    findBinpkgs: async (cpvs) => cpvs.flatMap((cpv) => byCpv.all(cpv).map(binpkg)),
  };
}
