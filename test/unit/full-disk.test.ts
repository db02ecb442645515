import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { controlPlaneWorld } from '../../src/testing/control-plane-world.ts';

/** A file system of its own, as small as a full disk has to be. */
const disk = mkdtempSync(join(tmpdir(), 'full-disk-'));
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]).status === 0;

afterAll(() => {
  if (isMounted) spawnSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

/** Take all the room there is, first in large pieces and then in ever smaller ones. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  for (let size = 1024 * 1024; size >= 1; ) {
    if (!fits(file, size)) size = Math.floor(size / 2);
  }
  closeSync(file);
}

function fits(file: number, sizeBytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(sizeBytes, 1)) === sizeBytes;
  } catch {
    return false;
  }
}

const packages = (first: number) =>
  Array.from({ length: 500 }, (_, index) => `=app-misc/a-package-with-a-long-name-p${first + index}-1.0`);

test.skipIf(!isMounted)(
  'on a full disk writes are refused whole, reads go on, and nothing needs a restart',
  async () => {
    vi.stubEnv('TMPDIR', disk);
    const world = await controlPlaneWorld();
    const filler = join(disk, 'filler');
    const counts = async () => (await world.get('/api/v1/status')).body['needed'];
    try {
      await world.join('anvil');
      await world.post('/api/v1/queue', { packages: packages(0) });
      fill(filler);

      // The log of the database has some room of its own left.
      const answers: { status: number; body: Record<string, unknown> }[] = [];
      for (let first = 1_000; answers.at(-1)?.status !== 507 && first < 40_000; first += 500)
        answers.push(await world.post('/api/v1/queue', { packages: packages(first) }));

      const taken = answers.filter((answer) => answer.status === 200).length;
      expect(answers.at(-1)).toMatchObject({ status: 507, body: { error: expect.stringContaining('disk') } });
      expect(await counts()).toBe(500 * (1 + taken));
      expect((await world.get('/api/v1/nodes')).status).toBe(200);

      rmSync(filler);
      expect((await world.post('/api/v1/queue', { packages: packages(90_000) })).body).toMatchObject({ queued: 500 });
      expect(await counts()).toBe(500 * (2 + taken));
      expect((await world.get('/api/v1/health')).status).toBe(200);
    } finally {
      await world.close();
    }
  },
);
