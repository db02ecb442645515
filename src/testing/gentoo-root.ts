import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, cp, lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPortage } from '../emerge/host.ts';
import { type Ran, run } from './provisioning-world.ts';
import { ended } from './real-swarm.ts';

const EXAMPLE_REPO = fileURLToPath(new URL('../../examples/repo', import.meta.url));

/**
 * A system below a directory that one can spoil: programs of this machine, read only, a configuration and a
 * package database of its own, a real Portage as its system's Portage, and an OpenRC of which only the
 * commands are there. What runs in it sees nothing of this machine's files but programs, /proc and /dev.
 */
export type GentooRoot = {
  readonly dir: string;
  /** Run a program in it to its end. */
  run(words: readonly string[], options?: RootOptions): Promise<Ran>;
  /** Start a program in it. */
  start(words: readonly string[], options?: RootOptions): ChildProcessWithoutNullStreams;
  write(path: string, text: string, mode?: number): Promise<void>;
  read(path: string): Promise<string>;
  /** Its mounts go; its files stay. */
  close(): Promise<void>;
};

type RootOptions = { readonly input?: string; readonly env?: Readonly<Record<string, string>> };

/** Whether one can be made here: it takes root, and mounts of one's own. */
export async function canEnterRoots(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  const script =
    'd=$(mktemp -d) && mkdir "$d/u" "$d/w" "$d/m" && mount -t overlay overlay -o "lowerdir=/usr,upperdir=$d/u,workdir=$d/w" "$d/m" && umount "$d/m"; s=$?; rm -rf "$d"; exit $s';
  return (await run('unshare', ['-m', 'sh', '-c', script])).code === 0;
}

/** Make one in `dir`, as a stage3 is: with an ebuild repository, and nothing of a drone. The caller closes it. */
export async function gentooRoot(dir: string): Promise<GentooRoot> {
  const host = await findPortage({ env: process.env, onProgress: () => {} });
  const venv = dirname(host.binDir);
  const facts = 'import sys, portage.const as c; print(sys.base_prefix); print(c.__file__)';
  const { stdout } = await run(host.python, ['-c', facts]);
  const [python = '', constants = ''] = stdout.split('\n');
  const places = [venv, python, dirname(dirname(process.execPath))].filter((place) => !place.startsWith('/usr'));
  for (const place of [...places, '/usr', '/proc', '/dev', '/tmp', '/run/openrc', '/root'])
    await mkdir(join(dir, place), { recursive: true });
  for (const name of ['bin', 'lib', 'lib64']) await symlink(await readlink(`/${name}`), join(dir, name));
  const holder = await holdMounts(dir, { places, constants });
  const command = (words: readonly string[], env: Readonly<Record<string, string>> = {}) => [
    ...['-t', String(holder.pid), '-m', 'chroot', dir, '/usr/bin/env', '-i'],
    ...assignments(host.binDir, env),
    ...words,
  ];
  const root: GentooRoot = {
    dir,
    run: (words, { input = '', env } = {}) => run('nsenter', command(words, env), { input }),
    start: (words, { input = '', env } = {}) => {
      const child = spawn('nsenter', command(words, env));
      child.stdin.on('error', () => {});
      child.stdin.end(input);
      return child;
    },
    write: async (path, text, mode = 0o644) => {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
      await chmod(join(dir, path), mode);
    },
    read: (path) => readFile(join(dir, path), 'utf8'),
    close: () => ended(holder, 'SIGKILL'),
  };
  await fillSystem(root);
  await fillPortage(root, venv);
  return root;
}

type Mounts = { readonly places: readonly string[]; readonly constants: string };

/** A process that keeps the mounts, which are gone with it and whatever else runs there. */
async function holdMounts(dir: string, { places, constants }: Mounts): Promise<ChildProcessWithoutNullStreams> {
  const above = `${dir}.above`;
  for (const name of ['upper', 'work']) await mkdir(join(above, name), { recursive: true });
  // Portage from PyPI takes its own virtual environment for the root of the system.
  const text = await readFile(constants, 'utf8');
  await writeFile(join(above, 'const.py'), text.replace('EPREFIX = __import__("sys").prefix', 'EPREFIX = ""'));
  const script = [
    'set -e',
    'mount --make-rprivate /',
    `mount -t overlay overlay -o 'lowerdir=/usr,upperdir=${above}/upper,workdir=${above}/work' '${dir}/usr'`,
    ...places.map((place) => `mount --bind '${place}' '${dir}${place}'; mount -o remount,bind,ro '${dir}${place}'`),
    `mount --bind '${above}/const.py' '${dir}${constants}'`,
    `mount --rbind /proc '${dir}/proc'`,
    `mount --rbind /dev '${dir}/dev'`,
    'echo ready',
    'exec sleep infinity',
  ];
  const holder = spawn('unshare', ['-m', 'sh', '-c', script.join('\n')]);
  const complaints: Buffer[] = [];
  holder.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
  if (holder.exitCode !== null) throw new Error(`the root cannot be mounted: ${Buffer.concat(complaints).toString()}`);
  return holder;
}

function assignments(binDir: string, env: Readonly<Record<string, string>>): string[] {
  const path = ['/opt/gentoo/bin', binDir, dirname(process.execPath), '/usr/bin', '/usr/sbin', '/sbin', '/bin'];
  const all = { PATH: path.join(':'), HOME: '/root', LC_ALL: 'C.UTF-8', NO_COLOR: '1', ...env };
  return Object.entries(all).map(([name, value]) => `${name}=${value}`);
}

const RC_SERVICE = `#!/bin/sh
# Of OpenRC only this: whether a service was started.
case $2 in
	start | restart) [ -x "/etc/init.d/$1" ] && echo "$2 $1" >>/run/services.log && : >"/run/service-$1" ;;
	stop) rm -f "/run/service-$1" ;;
	status) [ -e "/run/service-$1" ] || exit 3 ;;
esac
`;

async function fillSystem(root: GentooRoot): Promise<void> {
  await root.write('etc/passwd', 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n');
  await root.write('etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  await root.write('etc/hosts', '127.0.0.1 localhost\n');
  await root.write('etc/machine-id', `${'0123456789abcdef'.repeat(2)}\n`);
  await root.write('sbin/openrc-run', '#!/bin/sh\nexit 0\n', 0o755);
  await root.write('sbin/rc-service', RC_SERVICE, 0o755);
  // Debian's awk is a link by way of there.
  await run('cp', ['-a', '/etc/alternatives', join(root.dir, 'etc')]);
  await symlink('/usr/sbin/ldconfig', join(root.dir, 'sbin/ldconfig'));
  for (const name of ['sshd', 'cronie']) await root.write(`etc/init.d/${name}`, '#!/sbin/openrc-run\n', 0o755);
  await mkdir(join(root.dir, 'etc/runlevels/default'), { recursive: true });
}

const FEATURES = '-sandbox -usersandbox -userpriv -userfetch -usersync -network-sandbox -pid-sandbox -ipc-sandbox';

async function fillPortage(root: GentooRoot, venv: string): Promise<void> {
  for (const name of ['emerge', 'portageq', 'quickpkg']) {
    await root.write(`opt/gentoo/bin/${name}`, portageWrapper(join(venv, 'bin', name)), 0o755);
  }
  await symlink('/usr/bin/tar', join(root.dir, 'opt/gentoo/bin/gtar'));
  await cp(join(venv, 'share/portage'), join(root.dir, 'share/portage'), { recursive: true });
  await root.write('share/portage/config/repos.conf', '');
  await cp(EXAMPLE_REPO, join(root.dir, 'var/db/repos/gentoo'), { recursive: true });
  await root.write('var/db/repos/gentoo/metadata/timestamp.chk', `${new Date().toUTCString()}\n`);
  const repos = '[DEFAULT]\nmain-repo = swarmtest\n\n[swarmtest]\nlocation = /var/db/repos/gentoo\nauto-sync = no\n';
  await root.write('etc/portage/repos.conf', repos);
  await root.write('etc/portage/make.conf', '# as the stage3 has it\nCOMMON_FLAGS="-O1"\n');
  await mkdir(join(root.dir, 'var/db/pkg'), { recursive: true });
  await mkdir(join(root.dir, 'var/lib/portage'), { recursive: true });
  await mkdir(join(root.dir, 'var/tmp'), { recursive: true });
  // For everybody, as everywhere.
  for (const place of ['tmp', 'var/tmp']) await chmod(join(root.dir, place), 0o1777);
}

/** What differs from a Gentoo system: the place of the defaults, the user, and no sandboxes. */
function portageWrapper(program: string): string {
  return [
    '#!/bin/sh',
    `export PORTAGE_USERNAME=root PORTAGE_GRPNAME=root FEATURES="\${FEATURES:-} ${FEATURES} -mount-sandbox -news -merge-wait -merge-sync -qa-unresolved-soname-deps"`,
    `exec ${program} "$@"`,
    '',
  ].join('\n');
}

/**
 * Everything below `dir` but what `leaves` says: a line for each path with kind, mode, owner and content, so that
 * two of them are equal when nothing was changed. Times of directories are no part of it.
 */
export async function treeOf(dir: string, leaves: (path: string) => boolean = () => false): Promise<string[]> {
  const lines: string[] = [];
  const walk = async (path: string): Promise<void> => {
    for (const name of (await readdir(join(dir, path))).sort()) {
      const below = join(path, name);
      if (leaves(below)) continue;
      const facts = await lstat(join(dir, below));
      const owner = `${facts.mode.toString(8)} ${facts.uid}:${facts.gid}`;
      if (facts.isDirectory()) {
        lines.push(`${below}/ ${owner}`);
        await walk(below);
      } else if (facts.isSymbolicLink()) lines.push(`${below} -> ${await readlink(join(dir, below))}`);
      else lines.push(`${below} ${owner} ${Math.floor(facts.mtimeMs)} ${await contentHash(join(dir, below))}`);
    }
  };
  await walk('');
  return lines;
}

async function contentHash(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
