import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { announcedIn, discoverControlPlane } from './discover.ts';

/** A server on the loopback that answers the health question as a control plane does, or as something else. */
async function serve(host: string, status = 200): Promise<number> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/api/v1/health' ? status : 404).end('{}');
  });
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('this machine comes first, without a question', async () => {
  const port = await serve('127.0.0.1');

  expect(await discoverControlPlane({ port, knownHosts: ['127.0.0.1'], useDnsSd: false })).toEqual({
    url: `http://127.0.0.1:${port}`,
    by: 'this machine',
  });
});

test('of the known hosts the first that answers is taken; another program on the port is none', async () => {
  const port = await serve('127.0.0.3');

  const found = await discoverControlPlane({ port, knownHosts: ['127.0.0.2', '127.0.0.3'], useDnsSd: false });
  const other = await serve('127.0.0.4', 404);
  const none = await discoverControlPlane({ port: other, knownHosts: ['127.0.0.4'], useDnsSd: false });

  expect(found).toEqual({ url: `http://127.0.0.3:${port}`, by: 'known host' });
  expect(none).toBeUndefined();
});

test('addresses are read out of what avahi-browse prints, IPv4 first', () => {
  const lines = [
    '+;eth0;IPv4;build-swarm;_build-swarm._tcp;local',
    '=;eth0;IPv6;build-swarm;_build-swarm._tcp;local;forge.local;fe80::1;8100;',
    '=;eth0;IPv6;build-swarm;_build-swarm._tcp;local;forge.local;2001:db8::7;8100;',
    '=;eth0;IPv4;build\\032swarm;_build-swarm._tcp;local;forge.local;10.0.0.7;8101;"v=3"',
    '=;eth0;IPv4;odd;_build-swarm._tcp;local;odd.local;10.0.0.8;port;',
  ];

  expect(announcedIn(lines)).toEqual(['http://10.0.0.7:8101', 'http://[2001:db8::7]:8100']);
});

const HAS_AVAHI = ['/usr/sbin/avahi-daemon', '/usr/bin/avahi-browse', '/usr/bin/dbus-daemon'].every(existsSync);

/** A bus and an avahi of its own in network, mount and process namespaces of their own; prints what was found there. */
const SCRIPT = `
set -eu
mount -t tmpfs none /run
mkdir -p /run/dbus /run/avahi-daemon
ip link set lo up
ip link add veth0 type veth peer name veth1
ip addr add 10.99.0.7/24 dev veth0
ip link set veth0 up multicast on
ip link set veth1 up multicast on
dbus-daemon --config-file="$1/bus.conf" --fork
avahi-daemon --file="$1/avahi.conf" --no-chroot --no-drop-root --no-rlimits --daemonize
"$2" -e '
  require("node:http").createServer((q, s) => s.end("{}")).listen(8177, "10.99.0.7");
' &
avahi-publish-service build-swarm _build-swarm._tcp 8177 >/dev/null 2>&1 &
sleep 2
exec "$2" --import "$3" -e '
  import(process.argv[1]).then(async ({ discoverControlPlane }) => {
    const found = await discoverControlPlane({ port: 9, knownHosts: [], useDnsSd: true });
    process.stdout.write(JSON.stringify(found ?? null));
    process.exit(0);
  });
' "$4"
`;

test.runIf(HAS_AVAHI && process.getuid?.() === 0)(
  'a control plane that avahi announces is found',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'avahi-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    await writeFile(
      join(dir, 'bus.conf'),
      `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/><allow user="*"/></policy></busconfig>\n`,
    );
    await writeFile(
      join(dir, 'avahi.conf'),
      '[server]\nallow-interfaces=veth0\nuse-ipv6=no\n[publish]\npublish-hinfo=no\n',
    );
    const script = [
      dir,
      process.execPath,
      import.meta.resolve('tsx'),
      new URL('./discover.ts', import.meta.url).pathname,
    ];
    const child = spawn(
      'unshare',
      ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'bash', '-c', SCRIPT, 'bash', ...script],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let [said, complaint] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    await new Promise((resolve) => void child.once('close', resolve));

    expect({ said, complaint: said === '' ? complaint : '' }).toEqual({
      said: JSON.stringify({ url: 'http://10.99.0.7:8177', by: 'DNS-SD' }),
      complaint: '',
    });
  },
  60_000,
);
