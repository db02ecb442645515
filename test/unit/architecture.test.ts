import { expect, test } from 'vitest';
import { controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';

test('a drone of another architecture is not given what was planned for this one, and is told so', async () => {
  const world = await controlPlaneWorld();
  await world.join('risc', { capabilities: { cores: 4, slots: 1, attempts: true, arch: 'riscv' } });
  await world.join('usual', { capabilities: { cores: 4, slots: 1, attempts: true, arch: 'amd64' } });
  await world.queuePlan({ ...planOf(['dev-libs/lib-1']), arch: 'amd64' });

  expect(await world.ask('risc')).toMatchObject({
    package: null,
    reason: expect.stringContaining('it is for amd64, the drone is riscv') as string,
  });
  expect(await world.ask('usual')).toMatchObject({ package: '=dev-libs/lib-1' });
  await world.close();
});
