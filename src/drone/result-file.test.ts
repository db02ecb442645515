import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { newestOf, packageFiles, resultOf } from './result-file.ts';

async function setup(names: readonly string[]) {
  const dir = await mkdtemp(join(tmpdir(), 'pkgdir-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const add = async (name: string) => {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, `${name}.new`), name);
    await rename(join(dir, `${name}.new`), join(dir, name));
  };
  for (const name of names) await add(name);
  const found = async (atom: string) =>
    (await packageFiles(dir, atom)).map((file) => file.path.slice(dir.length + 1)).sort();
  return { dir, add, found };
}

test('the binary packages of a version are found in every layout, and no others', async () => {
  const { found } = await setup([
    'app-misc/jq/jq-1.7-1.gpkg.tar',
    'app-misc/jq/jq-1.7-12.xpak',
    'app-misc/jq-1.7.tbz2',
    'app-misc/jq-1.7.gpkg.tar',
    'app-misc/jq/jq-1.7-r1-1.gpkg.tar',
    'app-misc/jq/jq-1.7.1-1.gpkg.tar',
    'app-misc/jq/jq-1x7-1.gpkg.tar',
    'app-misc/jq/jq-1.7-2.gpkg.tar.partial',
    'app-misc/jq-tools/jq-tools-1.7-1.gpkg.tar',
    'dev-misc/jq/jq-1.7-1.xpak',
  ]);

  expect(await found('=app-misc/jq-1.7')).toEqual([
    'app-misc/jq-1.7.gpkg.tar',
    'app-misc/jq-1.7.tbz2',
    'app-misc/jq/jq-1.7-1.gpkg.tar',
    'app-misc/jq/jq-1.7-12.xpak',
  ]);
});

test('without a version every version of the package is meant', async () => {
  const { found } = await setup([
    'app-misc/jq/jq-1.7-1.xpak',
    'app-misc/jq/jq-2-r3-1.xpak',
    'app-misc/jq-tools-1.xpak',
  ]);

  expect(await found('app-misc/jq')).toEqual(['app-misc/jq/jq-1.7-1.xpak', 'app-misc/jq/jq-2-r3-1.xpak']);
});

test('of several files the one that was written last counts', async () => {
  const { dir } = await setup(['app-misc/jq-1.7.gpkg.tar', 'app-misc/jq/jq-1.7-1.gpkg.tar']);
  await utimes(join(dir, 'app-misc/jq/jq-1.7-1.gpkg.tar'), 1000, 1000);
  await utimes(join(dir, 'app-misc/jq-1.7.gpkg.tar'), 2000, 2000);

  expect(newestOf(await packageFiles(dir, '=app-misc/jq-1.7'))?.path).toBe(join(dir, 'app-misc/jq-1.7.gpkg.tar'));
  expect(newestOf([])).toBeUndefined();
});

test('a result is known by size, checksum and format', async () => {
  const { dir } = await setup(['app-misc/jq/jq-1.7-1.gpkg.tar', 'app-misc/jq-1.7.tbz2']);
  await writeFile(join(dir, 'app-misc/jq-1.7.tbz2'), 'abc');

  expect(await resultOf(join(dir, 'app-misc/jq-1.7.tbz2'))).toMatchObject({
    sizeBytes: 3,
    format: 'xpak',
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  });
  expect((await resultOf(join(dir, 'app-misc/jq/jq-1.7-1.gpkg.tar'))).format).toBe('gpkg');
});
