import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';

type World = { readonly world: ControlPlaneWorld; readonly file: string };

/** A control plane whose `swarm.json` holds this text; it is not there without one. */
async function setup(text?: string): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'swarm-config-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, 'swarm.json');
  if (text !== undefined) await writeFile(file, text);
  const world = await controlPlaneWorld({}, undefined, (settings) => ({
    ...settings,
    paths: { ...settings.paths, swarmConfig: file },
  }));
  onTestFinished(() => world.close());
  return { world, file };
}

async function messages(world: ControlPlaneWorld): Promise<string[]> {
  const { body } = await world.get<{ events: { type: string; message: string }[] }>('/api/v1/events?since=0');
  return body.events.map(({ type, message }) => `${type} ${message}`);
}

test('the configuration for drones is answered as it stands in the file, and read again with every request', async () => {
  const config = { package_use: ['*/* -systemd'], make_conf: { FEATURES: 'buildpkg' } };
  const { world, file } = await setup(JSON.stringify({ drone_portage_config: config }));

  const first = await world.get('/api/v1/portage-config');
  await writeFile(file, '{"drone_portage_config": {"package_use": []}}');
  const second = await world.get('/api/v1/portage-config');

  expect(first).toEqual({ status: 200, body: config });
  expect(second).toEqual({ status: 200, body: { package_use: [] } });
});

test('without a setting there is no configuration and no problem', async () => {
  const world = await controlPlaneWorld();
  onTestFinished(() => world.close());

  expect(await world.get('/api/v1/portage-config')).toEqual({ status: 200, body: {} });
  expect(await world.get('/api/v1/settings/problems')).toEqual({
    status: 200,
    body: { swarm_config: null, problems: [] },
  });
});

test.each([
  ['[]', 'must hold an object, not a list'],
  ['{', 'is not JSON'],
  [undefined, 'is not there'],
])('a file that holds %s is answered as empty, never with an error', async (text, says) => {
  const { world, file } = await setup(text);

  const config = await world.get('/api/v1/portage-config');
  const problems = await world.get<{ problems: string[] }>('/api/v1/settings/problems');

  expect(config).toEqual({ status: 200, body: {} });
  expect(problems).toMatchObject({ status: 200, body: { swarm_config: file } });
  expect(problems.body.problems).toEqual([expect.stringContaining(says)]);
});

test('each problem is one event, at the start and again only after it had been mended', async () => {
  const { world, file } = await setup('[]');
  const ask = () => world.get('/api/v1/portage-config');
  const problem = `control swarm.json: ${file} must hold an object, not a list`;

  expect(await messages(world)).toEqual([problem]);
  await Promise.all([ask(), ask(), ask()]);
  expect(await messages(world)).toEqual([problem]);

  await writeFile(file, '{}');
  await ask();
  await writeFile(file, '[]');
  await Promise.all([ask(), ask()]);
  expect(await messages(world)).toEqual([problem, problem]);
});

test('what is excluded is queued as blocked with the reason, and is neither handed out nor unblocked', async () => {
  const { world } = await setup(
    JSON.stringify({ package_exclusions: { packages: ['sys-kernel/gentoo-sources', '=app-misc/jq-1.7'] } }),
  );
  await world.join('anvil');

  const { body } = await world.post('/api/v1/queue', {
    packages: ['=sys-kernel/gentoo-sources-6.1', '=app-misc/jq-1.7', '=app-misc/jq-1.8'],
  });
  await world.post('/api/v1/control', { action: 'unblock' });

  expect(body).toMatchObject({ queued: 1, refused: 2 });
  expect(await world.queue()).toMatchObject([
    { package: '=app-misc/jq-1.8', status: 'needed' },
    { package: '=sys-kernel/gentoo-sources-6.1', status: 'blocked', failure_class: 'excluded' },
    { package: '=app-misc/jq-1.7', status: 'blocked', failure_class: 'excluded' },
  ]);
});
