import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findConnection, isLoopback } from './connection.ts';

/** A data directory in which a control plane has left its admin token. */
async function setup() {
  const data = await mkdtemp(join(tmpdir(), 'connection-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  await writeFile(join(data, 'admin-token'), 'bsw_left\n');
  return { data };
}

const OWN = Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? []);

test.each(['http://127.0.0.1:8100', 'http://localhost:8100', 'http://[::1]:8100', `http://${host(OWN[0])}:8100`])(
  'the admin token is shown to %s, which is this machine',
  async (url) => {
    const { data } = await setup();

    expect(await findConnection({ url, data }, {})).toEqual({ baseUrl: url, token: 'bsw_left' });
  },
);

test.each(['http://192.0.2.7:8100', 'http://localhost.example:8100', 'http://127.0.0.1.example:8100'])(
  'the admin token is not shown to %s',
  async (url) => {
    const { data } = await setup();

    expect(await findConnection({ url, data }, {})).toEqual({ baseUrl: url });
  },
);

test('a flag comes before the environment, and that before what lies on the disk', async () => {
  const { data } = await setup();
  const env = { SWARMV3_URL: 'http://192.0.2.7:8100', SWARM_TOKEN: 'bsw_env' };

  expect(await findConnection({ data, url: 'http://127.0.0.1:1', token: 'bsw_flag' }, env)).toEqual({
    baseUrl: 'http://127.0.0.1:1',
    token: 'bsw_flag',
  });
  expect(await findConnection({ data }, env)).toEqual({ baseUrl: 'http://192.0.2.7:8100', token: 'bsw_env' });
  expect(await findConnection({ data: join(data, 'absent') }, {})).toEqual({ baseUrl: 'http://127.0.0.1:8100' });
});

test('where nobody named one, a known host that answers is asked, with the token of the environment', async () => {
  const { data } = await setup();
  const server = createServer((_, response) => void response.end('{}'));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.5', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const env = { SWARM_KNOWN_HOSTS: '127.0.0.4, 127.0.0.5', CONTROL_PLANE_PORT: String(port), SWARM_TOKEN: 'bsw_env' };

  expect(await findConnection({ data }, env)).toEqual({
    baseUrl: `http://127.0.0.5:${port}`,
    token: 'bsw_env',
    foundBy: 'known host',
  });
});

test('an address that is none is named with the setting', async () => {
  await expect(findConnection({ url: 'ftp://x' }, {})).rejects.toThrow(/^--url must be an address/);
  await expect(findConnection({}, { SWARMV3_URL: 'x' })).rejects.toThrow(/^SWARMV3_URL must be an address/);
});

test('only what no other machine can reach is loopback', () => {
  expect(['localhost', '127.0.0.1', '127.1.2.3', '::1'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example'].some(isLoopback)).toBe(false);
});

function host(address = '127.0.0.1'): string {
  return address.includes(':') ? `[${address}]` : address;
}
