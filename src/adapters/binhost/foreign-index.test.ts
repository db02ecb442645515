import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { keepForeignIndex } from './foreign-index.ts';

const OURS = 'dev-libs/ours/ours-1-1.gpkg.tar';
const THEIRS = 'dev-libs/theirs/theirs-1-1.gpkg.tar';

const indexOf = (...paths: string[]) =>
  ['TIMESTAMP: 1\nVERSION: 0\n', ...paths.map((path) => `CPV: ${path.split('/')[0]}/x-1\nPATH: ${path}\n`)].join('\n');

/** A binhost directory with these files in it. */
async function setup(files: Readonly<Record<string, string | Buffer>>) {
  const dir = await mkdtemp(join(tmpdir(), 'foreign-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const write = async (path: string, content: string | Buffer) => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  };
  for (const [path, content] of Object.entries(files)) await write(path, content);
  const isIndex = (name: string) => name.startsWith('Packages');
  return {
    dir,
    write,
    keep: () => keepForeignIndex(dir, new Set([OURS])),
    indexes: async () => (await readdir(dir)).filter(isIndex).toSorted(),
  };
}

test('an index of packages that we do not know is put aside, and their files stay', async () => {
  const index = indexOf(OURS, THEIRS);
  const { dir, keep, indexes } = await setup({
    ...{ Packages: index, 'Packages.gz': gzipSync(index), [OURS]: '', [THEIRS]: 'theirs' },
  });

  const kept = ['Packages.before-build-swarm', 'Packages.gz.before-build-swarm'];
  expect(await keep()).toEqual({ dir, count: 1, keptAs: kept });

  expect(await indexes()).toEqual(kept);
  expect(await readFile(join(dir, 'Packages.before-build-swarm'), 'utf8')).toBe(index);
  expect(await readFile(join(dir, THEIRS), 'utf8')).toBe('theirs');
});

test.each([
  ['our own index', { Packages: indexOf(OURS), [OURS]: '' }],
  ['an index whose unknown packages are gone', { Packages: indexOf(OURS, THEIRS), [OURS]: '' }],
  ['an index that is none', { Packages: '\0\0\n\n:::' }],
])('%s stays where it is', async (_, files) => {
  const { keep, indexes } = await setup(files);

  expect(await keep()).toBeUndefined();

  expect(await indexes()).toEqual(['Packages']);
});

test('a new directory has nothing foreign in it', async () => {
  const { keep, indexes } = await setup({});

  expect(await keep()).toBeUndefined();
  expect(await indexes()).toEqual([]);
});

test('package files without any index are told of', async () => {
  const { dir, keep } = await setup({ [OURS]: '', [THEIRS]: '', 'All/old-1.tbz2': '', 'README.txt': '' });

  expect(await keep()).toEqual({ dir, count: 2, keptAs: [] });
});

test('an index that is only there compressed is read as well', async () => {
  const { dir, keep } = await setup({ 'Packages.gz': gzipSync(indexOf(THEIRS)), [THEIRS]: '' });

  expect(await keep()).toEqual({ dir, count: 1, keptAs: ['Packages.gz.before-build-swarm'] });
});

test('what was put aside before is not replaced', async () => {
  const { keep, write, indexes } = await setup({ Packages: indexOf(THEIRS), [THEIRS]: '' });
  await keep();
  await write('Packages', indexOf(THEIRS));

  expect(await keep()).toMatchObject({ keptAs: ['Packages.before-build-swarm-2'] });

  expect(await indexes()).toEqual(['Packages.before-build-swarm', 'Packages.before-build-swarm-2']);
});
