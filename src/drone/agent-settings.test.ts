import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig, readAgentSettings } from './agent-settings.ts';

async function setup(text: string) {
  const dir = await mkdtemp(join(tmpdir(), 'agent-settings-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const config = join(dir, 'drone.conf');
  await writeFile(config, text);
  return { dir, config };
}

const FILE = 'GATEWAY_URL="http://10.0.0.5:8100/"\nNODE_NAME=anvil\nDRONE_SLOTS=3\n';

test('a flag wins over the environment, that over the file, that over the default', async () => {
  const { config } = await setup(FILE);
  const args = ['--config', config, '--slots', '5'];

  const settings = await readAgentSettings(args, { DRONE_SLOTS: '4', NODE_NAME: 'bellows' });

  expect(settings).toMatchObject({ url: 'http://10.0.0.5:8100', name: 'bellows', slots: 5, heartbeatMs: 10_000 });
});

test('without an address it is to be looked for, and only the owner lets an announcement count', async () => {
  const { config } = await setup('NODE_NAME=anvil\nSWARM_KNOWN_HOSTS="10.0.0.5, forge"\n');

  expect(await readAgentSettings(['--config', config], {})).toMatchObject({
    ...{ url: undefined, knownHosts: ['10.0.0.5', 'forge'], useDnsSd: false },
  });
  expect(await readAgentSettings(['--config', config], { SWARM_DNS_SD: 'on' })).toMatchObject({ useDnsSd: true });
});

test('an empty value counts as none', async () => {
  const { config } = await setup(FILE);

  expect(await readAgentSettings(['--config', config], { NODE_NAME: '' })).toMatchObject({ name: 'anvil', slots: 3 });
});

test('a heartbeat that would let the drone go offline is made shorter', async () => {
  const { config } = await setup(`${FILE}HEARTBEAT_INTERVAL=30\nPOLL_INTERVAL=30\n`);

  expect(await readAgentSettings(['--config', config], {})).toMatchObject({ heartbeatMs: 20_000 });
});

test('a join token is taken out of the environment, which builds would see', async () => {
  const { config } = await setup(FILE);
  const env = { SWARM_JOIN_TOKEN: 'bsw_x' };

  const { joinToken } = await readAgentSettings(['--config', config], env);

  expect({ joinToken, env }).toEqual({ joinToken: 'bsw_x', env: {} });
});

test('the credential is read from its file, and one that cannot be read is told', async () => {
  const { dir, config } = await setup(FILE);
  await writeFile(join(dir, 'token'), 'bsw_secret\n');

  expect(await readAgentSettings(['--config', config, '--token-file', join(dir, 'token')], {})).toMatchObject({
    token: 'bsw_secret',
  });
  await expect(readAgentSettings(['--config', config, '--token-file', join(dir, 'none')], {})).rejects.toMatchObject({
    code: 'BAD_SETTING',
    message: expect.stringContaining('none cannot be read'),
  });
});

test.each([
  ['A="b c"', 'b c'],
  ["A='b $c'", 'b $c'],
  ['export A=b # so', 'b'],
  ['  A=b-1.0', 'b-1.0'],
  ['A=', ''],
  ['A=1\nA=2', '2'],
])('%j is a line of the settings', (text, value) => {
  expect(parseConfig(`# remark\n\n${text}\n`, 'drone.conf').get('A')).toBe(value);
});

test.each(['A="$(id)"', 'A="`id`"', 'A=$B', 'A=b; id', 'A="b" id', 'id', 'a=b', 'A="b', 'A=b|id', 'A="b\\"c"'])(
  '%j is no such line: nothing in it is ever run',
  (text) => {
    expect(() => parseConfig(`A=1\n${text}\n`, 'drone.conf')).toThrow('drone.conf:2: is not a line KEY="value"');
  },
);
