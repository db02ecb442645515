import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { type Block, parsePackagesIndex } from '../../portage/packages-index.ts';
import { createIndexWriter } from './index-writer.ts';

const dirs: string[] = [];
afterEach(async () => {
  await Promise.all(dirs.splice(0).map((dir) => rm(dir, { recursive: true, force: true })));
});

async function setup() {
  const dir = await mkdtemp(join(tmpdir(), 'index-writer-'));
  dirs.push(dir);
  return { dir, writer: await createIndexWriter(dir), read: async () => parsePackagesIndex(await plain(dir)) };
}

function plain(dir: string): Promise<string> {
  return readFile(join(dir, 'Packages'), 'utf8');
}

function block(number: number): Block {
  return { CPV: `app-misc/p${number}-1`, PATH: `app-misc/p${number}-1.gpkg.tar` };
}

test('both files say the same', async () => {
  const { dir, writer } = await setup();

  await writer.write([block(1), block(2)], 5_000);
  await writer.add([block(3)], 9_000);

  expect(gunzipSync(await readFile(join(dir, 'Packages.gz'))).toString('utf8')).toBe(await plain(dir));
});

test('who added a package finds it in the index, however many add theirs at the same time', async () => {
  const { writer, read } = await setup();

  await Promise.all(
    Array.from({ length: 50 }, async (_, number) => {
      await writer.add([block(number)], 1_000);
      expect((await read()).packages).toContainEqual(block(number));
    }),
  );

  const { header, packages } = await read();
  expect(packages).toHaveLength(50);
  // The first round and those that came while it ran; each has another time.
  expect(Number(header['TIMESTAMP'])).toBeLessThanOrEqual(2);
});

test('the time of an index grows even if the clock goes back or the program starts anew', async () => {
  const { dir, writer, read } = await setup();
  await writer.write([], 100_000);

  await writer.add([block(1)], 50_000);
  await (await createIndexWriter(dir)).write([block(1)], 20_000);

  expect((await read()).header['TIMESTAMP']).toBe('102');
});
