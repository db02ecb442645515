import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { treeOf } from '../../src/testing/gentoo-root.ts';

/** What changes files; each of them can be the last that the script does. */
const CHANGERS = ['mv', 'cp', 'mkdir', 'ln', 'rm', 'chmod', 'chown', 'rmdir'] as const;

/** The journal itself and its place. */
export function isJournal(path: string): boolean {
  return path === 'var/lib/build-swarm' || path.startsWith('var/lib/build-swarm/');
}

/** A system in `dir` that is no drone yet, with one of each of what makes undoing hard. */
export async function imageRoot(dir: string): Promise<void> {
  const write = async (path: string, text: string, mode = 0o644) => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
    await chmod(join(dir, path), mode);
  };
  await write('usr/bin/emerge', '#!/bin/sh\nexit 1\n', 0o755);
  await write('sbin/openrc-run', '#!/bin/sh\n', 0o755);
  await write('etc/machine-id', `${'0123456789abcdef'.repeat(2)}\n`);
  await write('etc/init.d/sshd', '#!/sbin/openrc-run\n', 0o755);
  await mkdir(join(dir, 'etc/runlevels/default'), { recursive: true });
  // Not readable for all, and of somebody.
  await write('etc/portage/make.conf', 'FEATURES="ccache"\n# without a line feed at the end', 0o640);
  if (process.getuid?.() === 0) await chown(join(dir, 'etc/portage/make.conf'), 1234, 5678);
  // A file as in the old days, where a directory is wanted.
  await write('etc/portage/package.use', 'app-misc/screen -pam\n', 0o600);
  await write('var/lib/portage/world', 'app-editors/vim\nmedia-gfx/gimp\nnet-misc/openssh\n', 0o664);
  const profiles = 'var/db/repos/gentoo/profiles/default/linux/amd64/23.0';
  await mkdir(join(dir, profiles, 'desktop'), { recursive: true });
  await symlink(`../../${profiles}/desktop`, join(dir, 'etc/portage/make.profile'));
  await write('etc/build-swarm/drone.conf', '# by hand\nNODE_NAME="old"\nDRONE_SLOTS=2\n', 0o600);
  await mkdir(join(dir, 'opt/build-swarm/bin'), { recursive: true, mode: 0o750 });
  await symlink('/somewhere/else', join(dir, 'opt/build-swarm/bin/swarm-drone'));
}

/** A copy of a root with owners, modes and times. */
export async function copyRoot(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  if (process.getuid?.() === 0) await chown(join(to, 'etc/portage/make.conf'), 1234, 5678);
}

/** Its files without times, which differ from run to run, and without the journal. */
export async function stateOf(dir: string): Promise<string[]> {
  const lines = await treeOf(dir, isJournal);
  return lines.map((line) => line.replace(/^(\S+ \d+ \d+:\d+) \d+ /, '$1 ')).sort();
}

/** When a script is killed: at the how-manieth change, before it is made or after. */
export type Kill = { readonly at: number; readonly when: 'before' | 'after' };

/** Programs in front of the real ones that count what is changed, and kill their whole process group at one of them. */
export async function killingPrograms(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const name of CHANGERS) {
    const script = [
      '#!/bin/sh',
      'n=$(($(cat "$KILL_COUNT") + 1))',
      'echo "$n" >"$KILL_COUNT"',
      '[ "$n.$KILL_WHEN" != "$KILL_AT.before" ] || kill -9 0',
      `PATH=\${PATH#*:} command ${name} "$@"`,
      'status=$?',
      '[ "$n.$KILL_WHEN" != "$KILL_AT.after" ] || kill -9 0',
      'exit "$status"',
      '',
    ].join('\n');
    await writeFile(join(dir, name), script, { mode: 0o755 });
  }
}

export type Killed = {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly count: number;
  readonly said: string;
};

/** Run a script with those programs; `at` 0 kills nothing and counts. */
export async function runKilled(script: string, options: readonly string[], dir: string, kill: Kill): Promise<Killed> {
  const counter = join(dir, 'count');
  await writeFile(counter, '0');
  const env = {
    ...process.env,
    PATH: `${dir}:${process.env['PATH']}`,
    KILL_COUNT: counter,
    KILL_AT: String(kill.at),
    KILL_WHEN: kill.when,
  };
  const child = spawn('sh', ['-s', '--', ...options], { env, detached: true });
  const said = collected(child);
  child.stdin.on('error', () => {});
  child.stdin.end(script);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, count: Number(await readFile(counter, 'utf8')), said: said() };
}

function collected(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
