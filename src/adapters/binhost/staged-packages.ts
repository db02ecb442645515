import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveredFile, StagedPackages, WantedPackage } from '../../app/delivery-ports.ts';

const FORMATS = [
  ['.gpkg.tar', 'gpkg'],
  ['.xpak', 'xpak'],
  ['.tbz2', 'xpak'],
] as const;

type Found = DeliveredFile & { readonly rank: number; readonly version: string };

/**
 * The directories that agents of the previous generation copy their packages to, in the order in which
 * they are looked at. Nothing in them is changed. Names come from parsed package names alone, and files
 * are told by their whole name: no patterns.
 */
export function openStagedPackages(directories: readonly string[]): StagedPackages {
  return {
    find: async (wanted) => {
      for (const directory of directories) {
        const found = await findIn(directory, wanted);
        if (found.length > 0) return found;
      }
      return [];
    },
  };
}

/**
 * Portage's own layout with build ids first, then the older one: both are asked for exactly. Only what is
 * not found so, a build id in the older layout or any version of a package, takes the list of the category.
 */
async function findIn(directory: string, wanted: WantedPackage): Promise<DeliveredFile[]> {
  const category = join(directory, wanted.category);
  const nested = inOrder(await list(join(category, wanted.name), wanted));
  if (nested.length > 0) return newestFirst(nested, wanted);
  const exact = wanted.fullVersion === null ? undefined : await exactly(category, wanted);
  if (exact !== undefined) return [exact];
  return newestFirst(inOrder(await list(category, wanted)), wanted);
}

async function exactly(category: string, { name, fullVersion }: WantedPackage): Promise<DeliveredFile | undefined> {
  for (const [ending, format] of FORMATS) {
    const path = join(category, `${name}-${fullVersion}${ending}`);
    if ((await timeOf(path)) !== undefined) return { path, format };
  }
  return undefined;
}

async function list(directory: string, wanted: WantedPackage): Promise<Found[]> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return [];
    throw error;
  }
  return names.flatMap((name) => asFound(directory, name, wanted) ?? []);
}

/** `name-version[-buildid]` and an ending that we know, or undefined. */
function asFound(directory: string, file: string, wanted: WantedPackage): Found | undefined {
  if (!file.startsWith(`${wanted.name}-`)) return undefined;
  const [ending, format] = FORMATS.find(([each]) => file.endsWith(each)) ?? [];
  if (ending === undefined || format === undefined) return undefined;
  const middle = file.slice(wanted.name.length + 1, -ending.length);
  const path = join(directory, file);
  if (wanted.fits(middle)) return { path, format, rank: 0, version: middle };
  const [, version = '', buildId = ''] = /^(.+)-([1-9]\d{0,8})$/.exec(middle) ?? [];
  return wanted.fits(version) ? { path, format, rank: Number(buildId), version } : undefined;
}

function inOrder(found: readonly Found[]): Found[] {
  return found.toSorted((a, b) => b.rank - a.rank);
}

/** Of one version the highest build id is the newest; versions are told apart only by when they came. */
async function newestFirst(found: readonly Found[], { fullVersion }: WantedPackage): Promise<DeliveredFile[]> {
  if (fullVersion !== null || found.length < 2) return [...found];
  const timed = await Promise.all(found.map(async (each) => ({ each, time: (await timeOf(each.path)) ?? 0 })));
  return timed.toSorted((a, b) => b.time - a.time).map(({ each }) => each);
}

async function timeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return undefined;
  }
}
