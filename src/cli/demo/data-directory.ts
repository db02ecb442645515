import { randomBytes } from 'node:crypto';
import { readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SwarmError } from '../../core/errors.ts';
import { withLock } from '../../platform/lock.ts';
import { makeDirectory } from '../../platform/make-directory.ts';
import type { DemoOptions } from './options.ts';

const MARKER = 'build-swarm-demo.json';

const Marker = z.object({
  format: z.literal(1),
  /** Where it was made: Portage writes this path into every package. */
  dir: z.string(),
  /** Digits of the drones' numbers: all prefixes have paths of one length. */
  digits: z.number().int(),
  /** Whether it stays when the demo ends. */
  isKept: z.boolean(),
});

/** A directory that belongs to this demo alone for as long as it runs. */
export type DataDirectory = {
  readonly dir: string;
  readonly digits: number;
  /** Whether it outlives the demo. */
  readonly isKept: boolean;
  /** Whether an earlier demo worked in it. */
  readonly isReused: boolean;
};

/**
 * Does `work` in the directory that was asked for, or in a new one below `home`. Whatever is left there by
 * demos that were killed is removed. Throws `DIRECTORY_UNUSABLE` for a directory that holds other files,
 * was moved, has another number of digits, or in which another demo runs.
 */
export async function inDataDirectory<T>(
  { dataDir, drones, isKept }: DemoOptions,
  home: string,
  work: (data: DataDirectory) => Promise<T>,
): Promise<T> {
  const digits = String(drones).length;
  if (dataDir !== undefined) {
    const dir = await usableDirectory(dataDir);
    return withLock(
      lockName(dir),
      async () => work(await takeOver(dir, digits)),
      () => refuseInUse(dir),
    );
  }
  await usableDirectory(home);
  await removeLeftovers(home);
  const dir = join(await realpath(home), `demo-${randomBytes(3).toString('hex')}`);
  return withLock(lockName(dir), async () => {
    await usableDirectory(dir);
    await writeMarker({ format: 1, dir, digits, isKept });
    return work({ dir, digits, isKept, isReused: false });
  });
}

function lockName(dir: string): string {
  return `demo ${dir}`;
}

async function usableDirectory(dir: string): Promise<string> {
  try {
    await makeDirectory(dir);
    return await realpath(dir);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SwarmError('DIRECTORY_UNUSABLE', `the directory ${dir} cannot be made: ${why}`, { cause });
  }
}

function refuseInUse(dir: string): never {
  throw new SwarmError('DIRECTORY_UNUSABLE', `another demo is running in ${dir}`);
}

async function takeOver(dir: string, digits: number): Promise<DataDirectory> {
  const names = await readdir(dir);
  const marker = await readMarker(dir);
  if (names.length === 0 || marker !== undefined) {
    if (marker !== undefined) assertFits(marker, dir, digits);
    await writeMarker({ format: 1, dir, digits, isKept: true });
    return { dir, digits, isKept: true, isReused: marker !== undefined };
  }
  throw new SwarmError('DIRECTORY_UNUSABLE', `${dir} holds other files: give a new or empty directory with --data`);
}

function assertFits(marker: z.infer<typeof Marker>, dir: string, digits: number): void {
  if (marker.dir !== dir) {
    const message = `the data in ${dir} was made in ${marker.dir}, a path that Portage has written into its packages`;
    throw new SwarmError('DIRECTORY_UNUSABLE', message);
  }
  if (marker.digits !== digits) {
    const range = marker.digits === 1 ? '1 to 9' : '10 to 32';
    throw new SwarmError('DIRECTORY_UNUSABLE', `the data in ${dir} is that of a demo with ${range} drones`);
  }
}

async function readMarker(dir: string): Promise<z.infer<typeof Marker> | undefined> {
  const text = await readFile(join(dir, MARKER), 'utf8').catch(() => '');
  try {
    return Marker.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function writeMarker(marker: z.infer<typeof Marker>): Promise<void> {
  try {
    await writeFile(join(marker.dir, MARKER), `${JSON.stringify(marker)}\n`);
  } catch (cause) {
    throw new SwarmError('DIRECTORY_UNUSABLE', `${marker.dir} cannot be written`, { cause });
  }
}

/** Only what a demo made for itself and did not mean to keep, and in which none runs. */
async function removeLeftovers(home: string): Promise<void> {
  const names = (await readdir(home)).filter((name) => /^demo-[0-9a-f]{6}$/.test(name));
  for (const name of names) {
    const dir = join(await realpath(home), name);
    const remove = async () => {
      if ((await readMarker(dir))?.isKept === false) await removeDirectory(dir);
    };
    // In use, or another user's: not ours to remove.
    await withLock(lockName(dir), remove, () => refuseInUse(dir)).catch(() => {});
  }
}

/** Removes a directory to which a process that is just dying may still be writing. */
export async function removeDirectory(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
