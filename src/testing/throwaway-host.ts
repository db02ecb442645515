import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chmod, cp, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../platform/programs.ts';
import { run } from './provisioning-world.ts';
import { until } from './real-swarm.ts';

/**
 * A host of its own, with a root that is thrown away: name, network, processes and files are its own (namespaces), its
 * programs are those of this machine, read only. Its SSH server is a real one. In the place of OpenRC it has as much of
 * that as starts and stops a service.
 */
export type ThrowawayHost = {
  readonly name: string;
  readonly address: string;
  /** What the host takes for `/`, as seen from here. */
  readonly root: string;
  /** A configuration of SSH by which it is let in; the key of the host is known there once `trust` was called. */
  readonly sshConfig: string;
  readonly knownHosts: string;
  readonly fingerprint: string;
  readonly trust: () => Promise<void>;
  /** It gets another key, as a host that was installed anew. */
  readonly changeKey: () => Promise<void>;
  /** Nobody gets in from now on; what runs there goes on. */
  readonly cutOff: () => Promise<void>;
  readonly fileIn: (path: string) => Promise<string>;
  /** A command there, as root. */
  readonly inside: (...words: string[]) => Promise<{ code: number; stdout: string; stderr: string }>;
  readonly close: () => Promise<void>;
};

export type HostWish = {
  readonly dir: string;
  readonly name: string;
  /** Directories that it sees where they are; those in `writable` are its to change. */
  readonly readable?: readonly string[];
  readonly writable?: readonly string[];
  /** Environment of whoever logs in there, and of its services. */
  readonly env?: Readonly<Record<string, string>>;
};

const PROGRAMS = ['unshare', 'nsenter', 'ip', 'sshd', 'mount', 'chroot'];

/** Why there can be none here; undefined where there can. */
export async function noThrowawayHosts(): Promise<string | undefined> {
  if (userInfo().uid !== 0) return 'needs root';
  for (const program of PROGRAMS) if ((await findProgram(program)) === undefined) return `there is no ${program}`;
  const { code } = await run('unshare', ['--mount', '--net', '--pid', '--uts', '--fork', 'true']);
  return code === 0 ? undefined : 'namespaces are not allowed here';
}

/** One of those; the caller closes it. */
export async function throwawayHost(wish: HostWish): Promise<ThrowawayHost> {
  const { dir, name } = wish;
  const root = join(dir, 'root');
  const file = (path: string) => join(dir, path);
  await furnish(root, wish);
  await makeKeys(dir, root);
  const init = spawn(
    'unshare',
    [
      '--mount',
      '--net',
      '--pid',
      '--uts',
      '--fork',
      '--kill-child',
      'sh',
      '-c',
      INIT,
      'init',
      root,
      name,
      ...binds(wish),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const complaints: string[] = [];
  init.stderr.on('data', (text: Buffer) => void complaints.push(text.toString()));
  const pid = await until(`${name} has been started`, async () => {
    if (init.exitCode !== null) throw new Error(complaints.join(''));
    const { stdout } = await run('pgrep', ['-P', String(init.pid)]);
    return stdout.trim() === '' ? undefined : Number(stdout.trim().split('\n')[0]);
  });
  const address = await connectNetwork(pid);
  await writeFile(file('ssh_config'), sshConfig(dir));
  const inside: ThrowawayHost['inside'] = (...words) =>
    run('nsenter', ['-t', String(pid), '-m', '-n', '-p', '-u', `--root=/proc/${pid}/root`, '--wd=/', '--', ...words], {
      env: { PATH: PATH, ...wish.env },
    });
  const hostKey = async () =>
    (await readFile(join(root, 'etc/ssh/host_key.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
  await until(`${name} answers`, async () => (await run('ssh-keyscan', ['-T', '2', address])).stdout !== '');
  return {
    name,
    address,
    root,
    sshConfig: file('ssh_config'),
    knownHosts: file('known_hosts'),
    fingerprint: await fingerprintOf(root),
    trust: async () => writeFile(file('known_hosts'), `${address} ${await hostKey()}\n`),
    changeKey: async () => {
      await rm(join(root, 'etc/ssh/host_key'));
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(root, 'etc/ssh/host_key')]);
      await inside('pkill', '-HUP', '-x', '-o', 'sshd');
      const changed = await hostKey();
      await until('it shows its new key', async () =>
        (await run('ssh-keyscan', ['-T', '2', address])).stdout.includes(changed),
      );
    },
    cutOff: async () => void (await inside('pkill', '-KILL', '-x', 'sshd')),
    fileIn: (path) => readFile(join(root, path), 'utf8'),
    inside,
    close: () => close(init, root),
  };
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The first process of the host. It ends when the SSH server does, so that one stays behind it. */
const INIT = `set -eu
root=$1 name=$2
shift 2
mount --make-rprivate /
hostname "$name"
mount -t tmpfs tmpfs "$root/tmp"
mount --rbind /dev "$root/dev"
for one in "$@"; do
	mode=\${one%%:*} path=\${one#*:}
	to=\${path#*=} from=\${path%%=*}
	mkdir -p "$root$to"
	mount --bind "$from" "$root$to"
	[ "$mode" = rw ] || mount -o remount,bind,ro "$root$to"
done
mount -t proc proc "$root/proc"
chroot "$root" /usr/sbin/sshd -e -f /etc/ssh/sshd_config
exec chroot "$root" /bin/sh -c 'while :; do sleep 3600; done'
`;

function binds({ readable = [], writable = [] }: HostWish): string[] {
  const own = ['bin', 'lib', 'lib64', 'libexec', 'share', 'include'].map((name) => `/usr/${name}`);
  return [
    ...[...own, ...readable].map((path) => `ro:${path}=${path}`),
    'ro:/usr/sbin=/usr/.sbin',
    ...writable.map((path) => `rw:${path}=${path}`),
  ];
}

async function furnish(root: string, { env = {} }: HostWish): Promise<void> {
  const own = [
    'etc/ssh',
    'etc/init.d',
    'usr/sbin',
    'usr/.sbin',
    'run/sshd',
    'run/openrc',
    'proc',
    'dev',
    'root',
    'var/log',
    'opt',
    'tmp',
  ];
  for (const path of own) await mkdir(join(root, path), { recursive: true });
  await chmod(join(root, 'run/sshd'), 0o755);
  for (const link of ['bin', 'sbin', 'lib', 'lib64'])
    await symlink(await readlink(`/${link}`).catch(() => `usr/${link}`), join(root, link));
  for (const name of await readdir('/usr/sbin')) await symlink(`/usr/.sbin/${name}`, join(root, 'usr/sbin', name));
  for (const name of ['alternatives', 'passwd', 'group', 'nsswitch.conf', 'ld.so.cache', 'ssl'])
    await cp(`/etc/${name}`, join(root, 'etc', name), { recursive: true, verbatimSymlinks: true }).catch(
      () => undefined,
    );
  // No password opens it, and it is not locked either.
  await writeFile(join(root, 'etc/shadow'), 'root:*:19000:0:99999:7:::\nsshd:*:19000:0:99999:7:::\n');
  await writeFile(join(root, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`);
  await writeFile(join(root, 'etc/ssh/sshd_config'), sshdConfig(env));
  for (const [name, text] of [
    ['openrc-run', OPENRC_RUN],
    ['rc-service', '#!/bin/sh\nexec /etc/init.d/"$1" "$2"\n'],
  ] as const) {
    await writeFile(join(root, 'usr/sbin', name), text);
    await chmod(join(root, 'usr/sbin', name), 0o755);
  }
}

/** Services in the background, without the rest of OpenRC. */
const OPENRC_RUN = `#!/bin/sh
checkpath() { for last; do :; done; mkdir -p "$last"; }
start_pre() { :; }
alive() { [ -f "$pidfile" ] && kill -0 "$(cat "$pidfile")" 2>/dev/null; }
start() {
	alive && return 0
	start_pre
	setsid $command $command_args </dev/null >>"$output_log" 2>>"$error_log" 3>&- 4>&- 9>&- &
	echo $! >"$pidfile"
}
stop() {
	alive || return 0
	pid=$(cat "$pidfile")
	kill "$pid" 2>/dev/null
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.5
	done
	kill -KILL "$pid" 2>/dev/null
	rm -f "$pidfile"
}
command_args=
. "$1"
case $2 in
	start) start ;;
	stop) stop ;;
	restart) stop; start ;;
	status) alive || exit 3 ;;
esac
`;

function sshdConfig(env: Readonly<Record<string, string>>): string {
  const set = Object.entries({ PATH, ...env }).map(([name, value]) => `"${name}=${value}"`);
  return [
    'HostKey /etc/ssh/host_key',
    'AuthorizedKeysFile /etc/ssh/user_key.pub',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'LogLevel QUIET',
    `SetEnv ${set.join(' ')}`,
    '',
  ].join('\n');
}

function sshConfig(dir: string): string {
  const lines = [`IdentityFile ${join(dir, 'user_key')}`, 'IdentitiesOnly yes', 'IdentityAgent none'];
  return [...lines, 'GlobalKnownHostsFile none', `UserKnownHostsFile ${join(dir, 'known_hosts')}`, ''].join('\n');
}

async function makeKeys(dir: string, root: string): Promise<void> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, 'user_key')]);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(root, 'etc/ssh/host_key')]);
  await cp(join(dir, 'user_key.pub'), join(root, 'etc/ssh/user_key.pub'));
}

async function fingerprintOf(root: string): Promise<string> {
  const { stdout } = await run('ssh-keygen', ['-l', '-f', join(root, 'etc/ssh/host_key.pub')]);
  return stdout.split(' ')[1] ?? '';
}

/** A cable between this machine and the host, in a network of four addresses that nobody else is likely to use. */
async function connectNetwork(pid: number): Promise<string> {
  for (let tries = 0; tries < 20; tries += 1) {
    const [subnet, tag] = [`10.${randomInt(200, 250)}.${randomInt(1, 255)}`, randomBytes(4).toString('hex')];
    const here = [
      ['link', 'add', `sw${tag}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid)],
      ['addr', 'add', `${subnet}.1/30`, 'dev', `sw${tag}`],
      ['link', 'set', `sw${tag}`, 'up'],
    ];
    const there = [
      ['addr', 'add', `${subnet}.2/30`, 'dev', 'eth0'],
      ['link', 'set', 'eth0', 'up'],
      ['link', 'set', 'lo', 'up'],
      ['route', 'add', 'default', 'via', `${subnet}.1`],
    ];
    const done = [];
    for (const args of here) done.push((await run('ip', args)).code);
    for (const args of there) done.push((await run('nsenter', ['-t', String(pid), '-n', 'ip', ...args])).code);
    if (done.every((code) => code === 0)) return `${subnet}.2`;
    await run('ip', ['link', 'del', `sw${tag}`]);
  }
  throw new Error('no network can be made for the host');
}

/** With its first process everything there ends, mounts and network included. */
async function close(init: ChildProcess, root: string): Promise<void> {
  if (init.exitCode === null && init.signalCode === null) {
    const exit = once(init, 'exit');
    init.kill('SIGKILL');
    await exit;
  }
  await rm(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
}
