import { statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openBinhost } from './binhost.ts';

const MEMORY = '/dev/shm';
const OTHER_FILE_SYSTEM =
  statSync(MEMORY, { throwIfNoEntry: false })?.dev === statSync(tmpdir()).dev ? undefined : MEMORY;

async function directory(parent = tmpdir()): Promise<string> {
  const dir = await mkdtemp(join(parent, 'binhost-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test('what crashed uploads left behind is removed, and what others put into the staging directory stays', async () => {
  const dir = await directory();
  const stagingDir = join(dir, 'staging');
  const binhost = await openBinhost({ publicDir: join(dir, 'public'), stagingDir });
  const wanted = { attempt: 7, sha256: 'a'.repeat(64) };
  const ours = [`7-${'a'.repeat(64)}.binpkg`, `8-${'b'.repeat(64)}.binpkg`, '0123456789abcdef.partial'];
  const theirs = ['Packages', 'foo-1.gpkg.tar'];
  for (const name of [...ours, ...theirs]) await writeFile(join(stagingDir, name), '');
  await mkdir(join(stagingDir, 'dev-libs'));

  await binhost.sweepStaging([wanted]);

  expect(new Set(await readdir(stagingDir))).toEqual(new Set([ours[0], 'dev-libs', ...theirs]));
});

test('opening leaves nothing in either directory', async () => {
  const dir = await directory();

  await openBinhost({ publicDir: join(dir, 'public'), stagingDir: join(dir, 'staging') });

  expect([await readdir(join(dir, 'public')), await readdir(join(dir, 'staging'))]).toEqual([[], []]);
});

test.skipIf(OTHER_FILE_SYSTEM === undefined)(
  'directories between which nothing can be renamed are refused at once',
  async () => {
    const [publicDir, stagingDir] = [await directory(), await directory(OTHER_FILE_SYSTEM)];

    await expect(openBinhost({ publicDir, stagingDir })).rejects.toMatchObject({
      code: 'DIRECTORY_UNUSABLE',
      message: `packages cannot be moved from ${stagingDir} to ${publicDir}: they are on different file systems`,
    });
    expect(await readdir(stagingDir)).toEqual([]);
  },
);
