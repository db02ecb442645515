import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeDirectory } from './make-directory.ts';

async function setup(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'directory-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test('a directory is made with those above it, and again without harm, also by two at once', async () => {
  const dir = join(await setup(), 'a', 'b', 'c');

  await Promise.all([makeDirectory(dir), makeDirectory(dir)]);
  await makeDirectory(dir);

  expect((await stat(dir)).isDirectory()).toBe(true);
});

test('a link to a directory is one', async () => {
  const dir = await setup();
  await symlink(dir, join(dir, 'link'));

  await makeDirectory(join(dir, 'link', 'below'));

  expect((await stat(join(dir, 'below'))).isDirectory()).toBe(true);
});

test('where nothing can be made the system’s reason comes at once', async () => {
  const file = join(await setup(), 'file');
  await writeFile(file, '');

  await expect(makeDirectory('/proc/nowhere/below')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(makeDirectory(file)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeDirectory(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});
