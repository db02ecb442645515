import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteStream, Delivery, Staged, StagedName } from '../../app/ports.ts';
import { SwarmError } from '../../core/errors.ts';
import type { BinpkgReading } from '../../portage/binpkg.ts';
import { readGpkg } from '../../portage/gpkg.ts';
import { readXpak } from '../../portage/xpak.ts';
import { decompressMetadata } from './decompress.ts';
import { diskError } from './disk-error.ts';

/** Named by content, so that another upload of the attempt can neither replace it nor take it away. */
export function stagedName({ attempt, sha256 }: StagedName): string {
  return `${attempt}-${sha256}.binpkg`;
}

/** A name below the staging directory that nobody has; what is left of it goes with the next start. */
export function partialName(): string {
  return `${randomBytes(8).toString('hex')}.partial`;
}

/** Whether a file of the staging directory is one that we made. */
export function isOurs(name: string): boolean {
  return /^(\d+-[0-9a-f]{64}\.binpkg|[0-9a-f]{16}\.partial)$/.test(name);
}

/**
 * Write an upload into `stagingDir` and verify it; it is there whole, checked and synced, or not at all.
 * @throws SwarmError STORE_FULL, UPLOAD_TOO_LARGE
 */
export async function stage(
  { attempt, bytes, format, sha256, maxBytes }: Delivery,
  stagingDir: string,
): Promise<Staged> {
  const partial = join(stagingDir, partialName());
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
    await rename(partial, join(stagingDir, stagedName({ attempt, sha256 })));
    return { facts: reading.ok, mtimeS: Math.floor(mtimeMs / 1000) };
  } catch (error) {
    throw diskError(error, stagingDir);
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
