import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Distfiles, makeDistfiles } from '../../scripts/distfiles.ts';
import { findPortage } from '../../src/emerge/host.ts';
import { createPrefix, portageCommand, prefixEnv } from '../../src/emerge/prefix.ts';
import { type Ran, run } from '../../src/testing/provisioning-world.ts';
import { ended, until } from '../../src/testing/real-swarm.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OVERLAY = join(ROOT, 'packaging', 'gentoo');
/** The database library is compiled; how fast it is does not matter here. */
const HASTE = { CFLAGS: '-O0', CXXFLAGS: '-O0', JOBS: '2' };

let dir: string;
let distfiles: Distfiles;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'install-'));
  distfiles = await makeDistfiles(join(dir, 'distfiles'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Without what this checkout has in its environment. */
function plain(more: Record<string, string> = {}): Record<string, string> {
  return { HOME: dir, XDG_DATA_HOME: join(dir, 'home'), SWARM_CONFIG: 'off', NO_COLOR: '1', ...more };
}

async function succeed(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const ran = await run(command, args, { env: plain(env), cwd: dir });
  if (ran.code !== 0) throw new Error(`${command} ${args.join(' ')}: ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
  return ran;
}

/** A control plane of the installed program, and its address. */
async function serving(program: string): Promise<string> {
  const child = spawn(program, ['serve', '--port', '0', '--data', join(dir, 'data')], {
    env: { ...process.env, ...plain({ SWARM_AUTH: 'off' }) },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => ended(child, 'SIGTERM'));
  let address: string | undefined;
  createInterface(child.stdout).on('line', (line) => {
    address ??= /Address: +(\S+)/.exec(line)?.[1];
  });
  return until('the installed control plane listens', async () => address);
}

test('npm install -g makes a program that serves, answers, completes and has its manual', async () => {
  const prefix = join(dir, 'npm');
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];

  await succeed('npm', ['install', '--global', '--prefix', prefix, ...quiet, distfiles.packageFile], {
    ...HASTE,
    npm_config_nodedir: await headers(),
    npm_config_cache: join(dir, 'npm-cache'),
    // Where packages come from is the user's own business.
    npm_config_userconfig: join(homedir(), '.npmrc'),
  });

  const program = join(prefix, 'bin', 'build-swarmv3');
  const own = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect((await succeed(program, ['--version'])).stdout).toBe(`build-swarmv3 ${own.version}\n`);
  const url = await serving(program);
  expect((await succeed(program, ['status', '--url', url])).stdout).toContain('=== Build Swarm v3 Status ===');
  expect((await succeed(program, ['version', '--url', url])).stdout).toContain(`control plane ${own.version} (${url})`);
  expect((await succeed(program, ['demo', '--help'])).stdout).toMatch(/^Usage: build-swarmv3 demo\|up /);
  expect((await succeed(program, ['completion', 'bash'])).stdout).toContain('complete -F _build_swarmv3');
  expect((await succeed(program, ['__complete', '--', 'stat'])).stdout).toMatch(/^status\t/);
  const page = join(prefix, 'share', 'man', 'man1', 'build-swarmv3.1');
  expect(await readFile(page, 'utf8')).toMatch(/^\.TH BUILD-SWARMV3 1 /);
  expect(existsSync(join(dirname(page), 'build-swarmv3-queue.1'))).toBe(true);
});

test('nothing is packed but what runs', async () => {
  const { stdout } = await succeed('tar', ['-tzf', distfiles.packageFile]);

  const files = stdout.trim().split('\n');
  expect(files.filter((file) => /\.map$|\.d\.ts$|\.test\.|^package\/(src|scripts)\/|\/\.[^/]+$/.test(file))).toEqual(
    [],
  );
  expect(files).toEqual(
    expect.arrayContaining([
      'package/dist/cli/bin.cjs',
      'package/dist/cli/bin.js',
      'package/dist/agent/build-swarm-agent.mjs',
      'package/bridge/guard.py',
      'package/drone-image/bootstrap.sh',
      'package/man/build-swarmv3.1',
    ]),
  );
});

/** This very Node's headers, where they came with it: not every machine may fetch them. */
async function headers(): Promise<string> {
  const prefix = join(process.execPath, '..', '..');
  return existsSync(join(prefix, 'include', 'node', 'node.h')) ? prefix : '';
}

/** What the repository of Gentoo has and our ebuilds use, as far as it shows in the result. */
const ECLASSES = {
  'python-any-r1': 'PYTHON_DEPS=dev-lang/python',
  systemd: 'systemd_dounit() { ( insinto /usr/lib/systemd/system; doins "$@" ) }',
  'shell-completion': `
newbashcomp() { ( insinto /usr/share/bash-completion/completions; newins "$@" ) }
newzshcomp() { ( insinto /usr/share/zsh/site-functions; newins "$@" ) }
newfishcomp() { ( insinto /usr/share/fish/vendor_completions.d; newins "$@" ) }`,
  'acct-group': 'SLOT=0 KEYWORDS=amd64\nS=$WORKDIR',
  'acct-user': 'SLOT=0 KEYWORDS=amd64\nS=$WORKDIR\nacct-user_add_deps() { RDEPEND="acct-group/build-swarm"; }',
};

/** Our overlay on top of the example repository, with stand-ins for what that one lacks. */
async function repository(): Promise<string> {
  const repo = join(dir, 'repo');
  await cp(join(ROOT, 'examples', 'repo'), repo, { recursive: true });
  for (const category of ['app-admin', 'acct-group', 'acct-user']) {
    await cp(join(OVERLAY, category), join(repo, category), { recursive: true });
    await appendFile(join(repo, 'profiles', 'categories'), `${category}\n`);
  }
  for (const [name, text] of Object.entries(ECLASSES))
    await writeFile(join(repo, 'eclass', `${name}.eclass`), `${text}\n`);
  for (const license of ['MIT', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD', 'ISC', 'Unlicense'])
    await writeFile(join(repo, 'licenses', license), 'stand-in\n');
  const already = {
    'net-libs/nodejs': [process.versions.node, 'IUSE="+npm"'],
    'dev-lang/python': ['3.13.0', ''],
  } as const;
  for (const [name, [version, more]] of Object.entries(already)) {
    await mkdir(join(repo, name), { recursive: true });
    const ebuild = `EAPI=8\nDESCRIPTION="stand-in"\nLICENSE="MIT"\nSLOT="0/1"\nKEYWORDS="amd64"\nS="\${WORKDIR}"\n${more}\n`;
    await writeFile(join(repo, name, `${name.split('/')[1]}-${version}.ebuild`), ebuild);
  }
  return repo;
}

test('emerge installs it from the ebuild, without a network', async () => {
  const host = await findPortage({ env: process.env, onProgress: () => {} });
  const repo = await repository();
  const prefix = await createPrefix({
    dir: join(dir, 'prefix'),
    host,
    repoDir: repo,
    settings: { ACCEPT_KEYWORDS: 'amd64 ~amd64', ACCEPT_LICENSE: '*', ...HASTE },
  });
  const env = prefixEnv(prefix);
  const distDir = join(prefix.dir, 'var', 'cache', 'distfiles');
  for (const file of Object.values(distfiles)) await cp(file, join(distDir, file.split('/').at(-1) ?? ''));
  const [ebuild = ''] = (await run('sh', ['-c', `ls ${repo}/app-admin/build-swarm/*.ebuild`])).stdout.split('\n');

  await succeed(portageCommand(prefix, 'ebuild'), [ebuild, 'manifest'], env);
  await succeed(portageCommand(prefix, 'emerge'), ['--oneshot', 'app-admin/build-swarm'], env);

  const installed = (path: string) => join(prefix.dir, path);
  const program = installed('usr/bin/build-swarmv3');
  expect(await readlink(program)).toMatch(/^\.\.\/lib\w*\/build-swarm\/dist\/cli\/bin\.cjs$/);
  expect((await succeed(program, ['--version'])).stdout).toMatch(/^build-swarmv3 \d/);
  const url = await serving(program);
  expect((await succeed(program, ['status', '--url', url])).stdout).toContain('=== Build Swarm v3 Status ===');
  const wanted = [
    'etc/init.d/build-swarm',
    'etc/conf.d/build-swarm',
    'etc/build-swarm/build-swarm.json',
    'usr/lib/systemd/system/build-swarm.service',
    'usr/share/bash-completion/completions/build-swarmv3',
    'usr/share/zsh/site-functions/_build-swarmv3',
    'usr/share/fish/vendor_completions.d/build-swarmv3.fish',
  ];
  expect(wanted.filter((path) => !existsSync(installed(path)))).toEqual([]);
  expect((await run('find', [installed('usr/share/man'), '-name', 'build-swarmv3-queue.1*'])).stdout).not.toBe('');
  await succeed(program, ['config', 'check', '--config', installed('etc/build-swarm/build-swarm.json')]);
});
