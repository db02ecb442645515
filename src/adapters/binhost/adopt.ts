import { closeSync, constants, fstatSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveredFile } from '../../app/delivery-ports.ts';
import type { Staged } from '../../app/ports.ts';
import type { BinpkgReading } from '../../portage/binpkg.ts';
import { readGpkg } from '../../portage/gpkg.ts';
import { readXpak } from '../../portage/xpak.ts';
import { decompressMetadata } from './decompress.ts';
import { diskError } from './disk-error.ts';
import { partialName, stagedName } from './staging.ts';

/** Never through a link, and never waiting for the other end of a pipe. */
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** Larger files are read and written in pieces of this size. */
const PIECE_BYTES = 1024 * 1024;
/** A file up to this size has just been written and is in memory: to wait for it costs more than to read it. */
const SMALL_BYTES = 128 * 1024;

const NO_FILE = { refused: 'it is no regular file, or may not be read' } as const;
const CHANGED = { refused: 'it was still being written' } as const;

/**
 * Copy a file that an agent has put beside us into `stagingDir`, verifying what is copied just as an
 * upload is. A copy and no link, because the agent may still write to its own. Not synced one by one:
 * the agent's own file was not either, and it stays where it is.
 * @throws SwarmError STORE_FULL
 */
export async function adopt(delivered: DeliveredFile, attempt: number, stagingDir: string): Promise<Staged> {
  try {
    const { size } = await lstat(delivered.path);
    const isSmall = size <= SMALL_BYTES && delivered.format === 'gpkg';
    return await (isSmall ? adoptSmall : adoptLarge)(delivered, attempt, stagingDir);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    const isAboutIt = ['ELOOP', 'ENOENT', 'EACCES', 'ENXIO'].includes(code ?? '');
    if (isAboutIt && (syscall === 'open' || syscall === 'lstat')) return NO_FILE;
    throw diskError(error, stagingDir);
  }
}

async function adoptSmall({ path }: DeliveredFile, attempt: number, stagingDir: string): Promise<Staged> {
  const bytes = readSmall(path);
  if (!Buffer.isBuffer(bytes)) return bytes;
  // Its length is known, so that its padding need not fix it.
  const reading = await readGpkg(once(bytes), { decompress: decompressMetadata, padding: 'any' });
  if ('refused' in reading) return reading;
  const target = join(stagingDir, stagedName({ attempt, sha256: reading.ok.sha256 }));
  return { facts: reading.ok, mtimeS: Math.floor(writeSmall(target, bytes, stagingDir) / 1000) };
}

function readSmall(path: string): Buffer | typeof NO_FILE | typeof CHANGED {
  const file = openSync(path, READ_ONLY);
  try {
    const before = fstatSync(file);
    if (!before.isFile()) return NO_FILE;
    const bytes = Buffer.allocUnsafe(before.size);
    const isWhole = readSync(file, bytes, 0, bytes.length, 0) === bytes.length;
    return isWhole && isSame(before, fstatSync(file)) ? bytes : CHANGED;
  } finally {
    closeSync(file);
  }
}

/** Answers the time of its last change, in Unix milliseconds. */
function writeSmall(target: string, bytes: Buffer, stagingDir: string): number {
  const partial = join(stagingDir, partialName());
  try {
    const mtimeMs = writeNew(partial, bytes);
    renameSync(partial, target);
    return mtimeMs;
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

function writeNew(path: string, bytes: Buffer): number {
  const file = openSync(path, 'wx', 0o644);
  try {
    writeFileSync(file, bytes);
    return fstatSync(file).mtimeMs;
  } finally {
    closeSync(file);
  }
}

async function adoptLarge(delivered: DeliveredFile, attempt: number, stagingDir: string): Promise<Staged> {
  const source = await open(delivered.path, READ_ONLY);
  const partial = join(stagingDir, partialName());
  try {
    const before = await source.stat();
    if (!before.isFile()) return NO_FILE;
    const { reading, mtimeMs } = await copyTo(partial, source, { format: delivered.format, sizeBytes: before.size });
    if (!isSame(before, await source.stat())) return CHANGED;
    if ('refused' in reading) return reading;
    await rename(partial, join(stagingDir, stagedName({ attempt, sha256: reading.ok.sha256 })));
    return { facts: reading.ok, mtimeS: Math.floor(mtimeMs / 1000) };
  } finally {
    await source.close();
    await rm(partial, { force: true });
  }
}

function isSame(before: { size: number; mtimeMs: number }, after: { size: number; mtimeMs: number }): boolean {
  return before.size === after.size && before.mtimeMs === after.mtimeMs;
}

type Copied = { readonly reading: BinpkgReading; readonly mtimeMs: number };
type Source = { readonly format: DeliveredFile['format']; readonly sizeBytes: number };

async function copyTo(partial: string, source: FileHandle, { format, sizeBytes }: Source): Promise<Copied> {
  const file = await open(partial, 'wx', 0o644);
  try {
    const pieces = copyPieces(source, file, sizeBytes);
    const reading = await verify(pieces, partial, format);
    return { reading, mtimeMs: (await file.stat()).mtimeMs };
  } finally {
    await file.close();
  }
}

async function verify(
  pieces: AsyncIterable<Uint8Array>,
  partial: string,
  format: DeliveredFile['format'],
): Promise<BinpkgReading> {
  if (format === 'gpkg') return readGpkg(pieces, { decompress: decompressMetadata, padding: 'any' });
  for await (const piece of pieces) void piece;
  return readXpak(partial);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* copyPieces(source: FileHandle, target: FileHandle, sizeBytes: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, sizeBytes));
  for (let position = 0; position < sizeBytes; ) {
    const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, sizeBytes - position), position);
    // Shorter than a moment ago: the caller sees that it changed.
    if (bytesRead === 0) return;
    await target.appendFile(buffer.subarray(0, bytesRead));
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
