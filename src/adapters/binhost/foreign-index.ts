import { lstat, readdir, readFile, rename } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { ForeignPackages } from '../../app/ports.ts';
import { parsePackagesIndex } from '../../portage/packages-index.ts';

const unpack = promisify(gunzip);

const INDEX_FILES = ['Packages', 'Packages.gz'];
const PACKAGE_FILE = /\.(gpkg\.tar|xpak|tbz2)$/;

/**
 * The default directory of root is that of version 3.1, where operators made an index by themselves. Ours
 * names our packages only: theirs would vanish from it without a word. So that index is renamed to
 * `Packages.before-build-swarm`. Files are neither taken over nor touched. Whether an index is ours needs no
 * mark: one that names a file that is there and that we do not know is not.
 */
export async function keepForeignIndex(dir: string, known: ReadonlySet<string>): Promise<ForeignPackages | undefined> {
  const indexed = await readIndexed(dir);
  // Without any index nothing was ever published here, by us neither.
  const candidates = indexed ?? (await findPackageFiles(dir));
  const foreign: string[] = [];
  for (const path of new Set(candidates)) if (!known.has(path) && (await isFile(dir, path))) foreign.push(path);
  if (foreign.length === 0) return undefined;
  return { dir, count: foreign.length, keptAs: indexed === undefined ? [] : await putAside(dir) };
}

/** The paths in the index that is there, whoever wrote it. */
async function readIndexed(dir: string): Promise<string[] | undefined> {
  const text = (await readOrUndefined(join(dir, 'Packages'))) ?? (await readPacked(join(dir, 'Packages.gz')));
  if (text === undefined) return undefined;
  return parsePackagesIndex(text.toString('utf8')).packages.map(({ PATH, CPV = '' }) => PATH ?? `${CPV}.tbz2`);
}

async function readPacked(path: string): Promise<Buffer | undefined> {
  const bytes = await readOrUndefined(path);
  // What cannot be unpacked is an index that names nothing.
  return bytes && unpack(bytes).catch(() => Buffer.alloc(0));
}

async function readOrUndefined(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function findPackageFiles(dir: string): Promise<string[]> {
  const files = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    // A `lost+found`, for one; what nobody may look into is not told of.
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return [];
    throw error;
  });
  return files
    .filter((each) => each.isFile() && PACKAGE_FILE.test(each.name))
    .map((each) => relative(dir, join(each.parentPath, each.name)));
}

async function isFile(dir: string, path: string): Promise<boolean> {
  try {
    return (await lstat(join(dir, path))).isFile();
  } catch {
    return false;
  }
}

/** An older one that was put aside is not lost to a newer one. */
async function putAside(dir: string): Promise<string[]> {
  const names = new Set(await readdir(dir));
  const kept: string[] = [];
  for (const name of INDEX_FILES.filter((each) => names.has(each))) {
    const aside = freeName(`${name}.before-build-swarm`, names);
    await rename(join(dir, name), join(dir, aside));
    kept.push(aside);
  }
  return kept;
}

function freeName(name: string, names: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; names.has(free); number += 1) free = `${name}-${number}`;
  return free;
}
