import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAtom } from '../portage/atom.ts';
import type { BuildResult } from './journal.ts';

/** A file of PKGDIR. */
export type PackageFile = { readonly path: string; readonly modifiedMs: number };

/**
 * The files in `pkgDir` that may be a binary package of `atom`, in both layouts: `CAT/PN/PF-BUILDID`
 * and `CAT/PF`, gpkg or xpak.
 */
export async function packageFiles(pkgDir: string, atom: string): Promise<PackageFile[]> {
  const wanted = namePattern(atom);
  if (wanted === undefined) return [];
  const directories = [join(pkgDir, wanted.category, wanted.name), join(pkgDir, wanted.category)];
  const lists = await Promise.all(directories.map((directory) => filesIn(directory, wanted.file)));
  return lists.flat();
}

/** The file that was written last. */
export function newestOf(files: readonly PackageFile[]): PackageFile | undefined {
  return files.toSorted((one, other) => other.modifiedMs - one.modifiedMs)[0];
}

/** Everything that has to be known to deliver a file. Reads it piece by piece. */
export async function resultOf(path: string): Promise<BuildResult> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path)) {
    const bytes = chunk as Buffer; // A stream without encoding.
    hash.update(bytes);
    sizeBytes += bytes.length;
  }
  return { path, sha256: hash.digest('hex'), sizeBytes, format: path.endsWith('.gpkg.tar') ? 'gpkg' : 'xpak' };
}

type NamePattern = { readonly category: string; readonly name: string; readonly file: RegExp };

function namePattern(text: string): NamePattern | undefined {
  const atom = parseAtom(text);
  if (atom === undefined) return undefined;
  // A version begins with a digit, and no name ends in what looks like one: `foo` is not mistaken for `foo-bar`.
  const version = atom.version === null || atom.operator !== '=' ? String.raw`\d[^/]*?` : escaped(atom.version);
  const file = new RegExp(String.raw`^${escaped(atom.name)}-${version}(?:-\d+)?\.(?:gpkg\.tar|xpak|tbz2)$`);
  return { category: atom.category, name: atom.name, file };
}

function escaped(text: string): string {
  return text.replace(/[.+*?^${}()|[\]\\]/g, String.raw`\$&`);
}

async function filesIn(directory: string, name: RegExp): Promise<PackageFile[]> {
  const names = await readdir(directory).catch(() => []);
  const files = await Promise.all(names.filter((one) => name.test(one)).map((one) => fileAt(join(directory, one))));
  return files.filter((file) => file !== undefined);
}

async function fileAt(path: string): Promise<PackageFile | undefined> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isFile() !== true) return undefined;
  return { path, modifiedMs: facts.mtimeMs };
}
