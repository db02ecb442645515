import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type DataDirectory, inDataDirectory } from './data-directory.ts';
import type { DemoOptions } from './options.ts';

async function setup() {
  const home = await mkdtemp(join(tmpdir(), 'demo-home-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const options: DemoOptions = {
    ...{ drones: 3, port: 0, dataDir: undefined, isOnce: true },
    ...{ isKept: false, withFailures: true, asJson: false },
  };
  return {
    home,
    named: join(home, 'named'),
    demo: (part: Partial<DemoOptions>, work: (data: DataDirectory) => Promise<unknown> = async () => {}) =>
      inDataDirectory({ ...options, ...part }, home, work),
  };
}

test('without --data each demo has a new directory, also beside one that runs', async () => {
  const { home, demo } = await setup();

  await demo({}, async (first) => {
    await demo({}, async (second) => {
      expect(second.dir).not.toBe(first.dir);
      expect(await readdir(home)).toHaveLength(2);
      expect(second).toMatchObject({ isReused: false, isKept: false, digits: 1 });
    });
  });
});

test('what a killed demo left is removed by the next one, and what was to be kept is not', async () => {
  const { demo } = await setup();
  const dirs: string[] = [];
  // A demo that ends without removing its directory is a killed one.
  const note = async ({ dir }: DataDirectory) => void dirs.push(dir);
  await demo({ isKept: true }, note);
  await demo({}, note);
  await demo({}, note);

  expect(await Promise.all(dirs.map(isThere))).toEqual([true, false, true]);
});

test('a directory that was named is kept, and known again', async () => {
  const { named, demo } = await setup();
  const seen: DataDirectory[] = [];

  for (const _ of ['first', 'second']) await demo({ dataDir: named }, async (data) => void seen.push(data));

  expect(seen).toMatchObject([
    { isReused: false, isKept: true },
    { isReused: true, isKept: true },
  ]);
});

test('a directory in which a demo runs is refused, and free again afterwards', async () => {
  const { named, demo } = await setup();

  await demo({ dataDir: named }, async () => {
    await expect(demo({ dataDir: named })).rejects.toMatchObject({
      code: 'DIRECTORY_UNUSABLE',
      message: expect.stringContaining('another demo is running'),
    });
  });

  await expect(demo({ dataDir: named })).resolves.toBeUndefined();
});

test('a directory with other files is refused and left as it is', async () => {
  const { named, demo } = await setup();
  await mkdir(named);
  await writeFile(join(named, 'letter.txt'), 'Dear …');

  await expect(demo({ dataDir: named })).rejects.toThrow('holds other files');

  expect(await readdir(named)).toEqual(['letter.txt']);
});

test('a directory that was moved is refused: its packages name the old path', async () => {
  const { home, named, demo } = await setup();
  await demo({ dataDir: named });
  await rename(named, join(home, 'moved'));

  await expect(demo({ dataDir: join(home, 'moved') })).rejects.toThrow(`was made in ${named}`);
});

test('more drones than the names have room for are refused: paths would have two lengths', async () => {
  const { named, demo } = await setup();
  await demo({ dataDir: named, drones: 9 });

  await expect(demo({ dataDir: named, drones: 10 })).rejects.toThrow('a demo with 1 to 9 drones');
});

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
