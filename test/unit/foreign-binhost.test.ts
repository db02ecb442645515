import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parsePackagesIndex } from '../../src/portage/packages-index.ts';
import { controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { packageOf } from './forged-package.ts';

const THEIRS = 'dev-libs/theirs/theirs-1-1.gpkg.tar';

test('an index that was there before is kept, told of once, and nothing of it is taken over', async () => {
  const world = await controlPlaneWorld();
  onTestFinished(() => world.close());
  const binhost = join(world.dir, 'binhost');
  const index = `TIMESTAMP: 9999999999\nVERSION: 0\n\nCPV: dev-libs/theirs-1\nPATH: ${THEIRS}\n\n`;
  await mkdir(dirname(join(binhost, THEIRS)), { recursive: true });
  await writeFile(join(binhost, THEIRS), 'theirs');
  await writeFile(join(binhost, 'Packages'), index);

  await world.restart();
  await world.join('anvil');
  await world.queuePlan(planOf(['app-misc/lib-1']));
  const { attempt = 0 } = await world.ask('anvil');
  await world.upload('anvil', attempt, await packageOf('lib'));
  await world.report('anvil', attempt, '=app-misc/lib-1');
  await world.restart();

  const { header, packages } = parsePackagesIndex(await readFile(join(binhost, 'Packages'), 'utf8'));
  expect(packages.map((block) => block['CPV'])).toEqual(['app-misc/lib-1']);
  // Clients that have the old one read an index only if it is newer.
  expect(Number(header['TIMESTAMP'])).toBeGreaterThan(9_999_999_999);
  expect(await readFile(join(binhost, 'Packages.before-build-swarm'), 'utf8')).toBe(index);
  expect(await readFile(join(binhost, THEIRS), 'utf8')).toBe('theirs');
  expect((await readdir(binhost)).filter((name) => name.startsWith('Packages.before'))).toHaveLength(1);
  const { events } = (await world.get<{ events: { type: string; message: string }[] }>('/api/v1/events')).body;
  expect(events.filter((each) => each.type === 'binhost')).toMatchObject([
    {
      message: `1 package in ${binhost} not of this swarm, and left out of the index; the old one was kept as Packages.before-build-swarm and Packages.gz.before-build-swarm`,
    },
  ]);
});
