import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findPortage } from './host.ts';
import { ensureVirtualenv } from './virtualenv.ts';

async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'host-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test('a BUILD_SWARM_PORTAGE without Portage in it is refused by name', async () => {
  const dir = await scratch();
  const found = findPortage({ env: { BUILD_SWARM_PORTAGE: dir }, onProgress: () => {} });

  await expect(found).rejects.toMatchObject({ code: 'PORTAGE_MISSING', message: expect.stringContaining(dir) });
});

test('a directory with files of somebody else is never cleared for Portage', async () => {
  const dir = await scratch();
  await writeFile(join(dir, 'thesis.tex'), 'years of work');

  const made = ensureVirtualenv({ dir, version: '3.0.83', env: process.env, onProgress: () => {} });

  await expect(made).rejects.toMatchObject({ code: 'DIRECTORY_UNUSABLE' });
  expect(await readdir(dir)).toEqual(['thesis.tex']);
});
