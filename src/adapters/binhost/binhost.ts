import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Artifact, Binhost, Binpkg, StagedName } from '../../app/ports.ts';
import { SwarmError } from '../../core/errors.ts';
import { adopt } from './adopt.ts';
import { assertRenames } from './assert-renames.ts';
import { keepForeignIndex } from './foreign-index.ts';
import { createIndexWriter } from './index-writer.ts';
import { isOurs, stage, stagedName } from './staging.ts';

export type BinhostDirectories = {
  /** What clients see. */
  readonly publicDir: string;
  /**
   * Uploads that are not accepted yet; on the same file system, since they are moved by rename. Agents may
   * copy their packages into directories below it; those are not ours.
   */
  readonly stagingDir: string;
};

/**
 * Binary packages as files. Nothing appears under the public directory but by rename of a complete,
 * verified file; the index names a file only after it is there, on the disk.
 */
export async function openBinhost({ publicDir, stagingDir }: BinhostDirectories): Promise<Binhost> {
  for (const dir of [publicDir, stagingDir]) await makeDirectory(dir);
  await assertRenames(stagingDir, publicDir);
  const index = await createIndexWriter(publicDir);
  const places = createPlaces();
  const staged = (upload: StagedName) => join(stagingDir, stagedName(upload));
  return {
    stage: (delivery) => stage(delivery, stagingDir),
    adopt: (delivered, attempt) => adopt(delivered, attempt, stagingDir),
    discard: (upload) => rm(staged(upload), { force: true }),
    place: (artifact) => places.place(artifact, staged(artifact), join(publicDir, artifact.path)),
    keepForeignIndex: (known) => keepForeignIndex(publicDir, new Set(known.map((each) => each.path))),
    publish: async (packages, now) => {
      await places.sync();
      await index.write(blocksOf(packages), now);
    },
    publishMore: async (packages, now) => {
      await places.sync();
      await index.add(blocksOf(packages), now);
    },
    findDamaged: (packages) => findDamaged(packages, publicDir),
    sweepStaging: async (keep) => {
      const wanted = new Set(keep.map(stagedName));
      const leftOver = (await readdir(stagingDir)).filter((name) => isOurs(name) && !wanted.has(name));
      await Promise.all(leftOver.map((name) => rm(join(stagingDir, name), { force: true })));
    },
  };
}

function blocksOf(packages: readonly Artifact[]) {
  return packages.map((each) => each.block);
}

async function makeDirectory(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SwarmError('DIRECTORY_UNUSABLE', `cannot use the directory ${dir}: ${reason}`, { cause });
  }
}

/**
 * Moves staged files to their places. A directory is synced once for all that came into it since the last
 * index: until an index was written with a package, its placing is repeated after a crash.
 */
function createPlaces() {
  const made = new Set<string>();
  const changed = new Set<string>();
  const move = async (staged: string, target: string) => {
    const dir = dirname(target);
    if (!made.has(dir)) await mkdir(dir, { recursive: true });
    made.add(dir);
    await rename(staged, target);
    changed.add(dir);
  };
  return {
    place: async (artifact: Artifact, staged: string, target: string): Promise<boolean> => {
      try {
        await move(staged, target).catch((error: unknown) => {
          // Somebody may have removed the directory.
          if (!isMissing(error) || !made.delete(dirname(target))) throw error;
          return move(staged, target);
        });
        return true;
      } catch (error) {
        if (!isMissing(error)) throw error;
        // Moved before a crash, most likely; then it is there and right.
        return (await sizeOf(target)) === artifact.sizeBytes && (await sha256Of(target)) === artifact.sha256;
      }
    },
    sync: async () => {
      const directories = [...changed];
      changed.clear();
      await Promise.all(directories.map(syncDirectory));
    },
  };
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

async function findDamaged(packages: readonly Binpkg[], publicDir: string): Promise<Binpkg[]> {
  const damaged: Binpkg[] = [];
  for (const each of packages) {
    if ((await sizeOf(join(publicDir, each.path))) !== each.sizeBytes) damaged.push(each);
  }
  return damaged;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}

async function sha256Of(path: string): Promise<string> {
  const file = await open(path);
  const hash = createHash('sha256');
  for await (const chunk of file.createReadStream()) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
