import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Artifact, Binhost, Binpkg, ByteStream, Delivery, Staged, StagedName } from '../../app/ports.ts';
import { SwarmError } from '../../core/errors.ts';
import type { BinpkgReading } from '../../portage/binpkg.ts';
import { readGpkg } from '../../portage/gpkg.ts';
import { readXpak } from '../../portage/xpak.ts';
import { decompressMetadata } from './decompress.ts';
import { createIndexWriter } from './index-writer.ts';

export type BinhostDirectories = {
  /** What clients see. */
  readonly publicDir: string;
  /** Uploads that are not accepted yet; on the same file system, since they are moved by rename. */
  readonly stagingDir: string;
};

/**
 * Binary packages as files. Nothing appears under the public directory but by rename of a complete,
 * synced file; the index names a file only after it is there.
 */
export async function openBinhost({ publicDir, stagingDir }: BinhostDirectories): Promise<Binhost> {
  for (const dir of [publicDir, stagingDir]) await makeDirectory(dir);
  const index = await createIndexWriter(publicDir);
  const staged = (upload: StagedName) => join(stagingDir, nameOf(upload));
  return {
    stage: (delivery) => stage(delivery, stagingDir),
    discard: (upload) => rm(staged(upload), { force: true }),
    place: (artifact) => place(artifact, staged(artifact), join(publicDir, artifact.path)),
    publish: (packages, now) =>
      index.write(
        packages.map((each) => each.block),
        now,
      ),
    findDamaged: (packages) => findDamaged(packages, publicDir),
    sweepStaging: async (keep) => {
      const wanted = new Set(keep.map(nameOf));
      const leftOver = (await readdir(stagingDir)).filter((name) => !wanted.has(name));
      await Promise.all(leftOver.map((name) => rm(join(stagingDir, name), { force: true })));
    },
  };
}

async function makeDirectory(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SwarmError('DIRECTORY_UNUSABLE', `cannot use the directory ${dir}: ${reason}`, { cause });
  }
}

/** Named by content, so that another upload of the attempt can neither replace it nor take it away. */
function nameOf({ attempt, sha256 }: StagedName): string {
  return `${attempt}-${sha256}.binpkg`;
}

async function stage({ attempt, bytes, format, sha256, maxBytes }: Delivery, stagingDir: string): Promise<Staged> {
  const partial = join(stagingDir, `${randomBytes(8).toString('hex')}.partial`);
  try {
    const file = await open(partial, 'wx', 0o644);
    let reading: BinpkgReading;
    try {
      const source = writeThrough(bytes, file, maxBytes);
      reading =
        format === 'gpkg'
          ? await readGpkg(source, { decompress: decompressMetadata })
          : await readWhole(source, partial);
      // The sender hears the reason only if it may finish its sentence.
      await drain(bytes, maxBytes);
      if ('refused' in reading) return reading;
      const arrived = reading.ok.sha256;
      if (arrived !== sha256)
        return { refused: `checksum differs: sha256 ${sha256} was announced, ${arrived} arrived` };
      await file.sync();
    } finally {
      await file.close();
    }
    const { mtimeMs } = await stat(partial);
    await rename(partial, join(stagingDir, nameOf({ attempt, sha256 })));
    return { facts: reading.ok, mtimeS: Math.floor(mtimeMs / 1000) };
  } finally {
    await rm(partial, { force: true });
  }
}

/** XPAK keeps its metadata at the end: it can be read only when all of it is there. */
async function readWhole(source: ByteStream, path: string): Promise<BinpkgReading> {
  for await (const chunk of source) void chunk;
  return readXpak(path);
}

/** Writes every chunk before it is looked at. Leaving early does not end the source: see `drain`. */
async function* writeThrough(bytes: ByteStream, file: FileHandle, maxBytes: number): AsyncGenerator<Uint8Array> {
  const source = bytes[Symbol.asyncIterator]();
  let written = 0;
  for (let next = await source.next(); !next.done; next = await source.next()) {
    written += next.value.length;
    if (written > maxBytes) throw new SwarmError('UPLOAD_TOO_LARGE', `the package is larger than ${maxBytes} bytes`);
    // Unlike `write` it goes on until all is written; a disk that fills up writes half a chunk without an error.
    await file.appendFile(next.value);
    yield next.value;
  }
}

async function drain(bytes: ByteStream, maxBytes: number): Promise<void> {
  let left = maxBytes;
  const source = bytes[Symbol.asyncIterator]();
  for (let next = await source.next(); !next.done && left > 0; next = await source.next()) left -= next.value.length;
}

async function place(artifact: Artifact, staged: string, target: string): Promise<boolean> {
  await mkdir(dirname(target), { recursive: true });
  try {
    await rename(staged, target);
    await syncDirectory(dirname(target));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // Moved before a crash, most likely; then it is there and right.
    return (await sizeOf(target)) === artifact.sizeBytes && (await sha256Of(target)) === artifact.sha256;
  }
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
