import { spawnSync } from 'node:child_process';
import { access, chmod, chown, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { runProcess } from '../platform/process.ts';
import { findPortage, PINNED_PORTAGE, type PortageHost } from './host.ts';
import { createPrefix, type PortagePrefix, portageCommand, prefixEnv, resetPrefix } from './prefix.ts';
import { ensureVirtualenv } from './virtualenv.ts';

const REPO = fileURLToPath(new URL('../../examples/repo', import.meta.url));
const SWARMCORE = 'var/cache/binpkgs/sys-libs/swarmcore/swarmcore-1.4.1-1.gpkg.tar';

/** What Portage prints when a prefix is not quite right for the user. */
const COMPLAINTS = /user or group missing|permission denied|not permitted|traceback|^!!!|command not found/im;

async function portage(): Promise<PortageHost> {
  const dir = process.env['BUILD_SWARM_PORTAGE'];
  if (!dir) throw new Error('BUILD_SWARM_PORTAGE must name a virtual environment with Portage; `npm test` makes one');
  return findPortage({ env: process.env, onProgress: () => {} });
}

async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'real-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function setup(): Promise<PortagePrefix> {
  return createPrefix({
    dir: join(await scratch(), 'prefix'),
    host: await portage(),
    repoDir: REPO,
    packageEnv: { 'app-broken/fails-test': { FEATURES: 'test' } },
  });
}

async function emerge(prefix: PortagePrefix, ...args: string[]) {
  const lines: string[] = [];
  const onLine = (line: string) => void lines.push(line);
  const env = prefixEnv(prefix);
  const { exitCode } = await runProcess({ command: portageCommand(prefix, 'emerge'), args, env, onLine });
  return { exitCode, output: lines.join('\n') };
}

test('emerge builds a package in a new prefix and has nothing to complain about', async () => {
  const prefix = await setup();

  const { exitCode, output } = await emerge(prefix, '--oneshot', '--buildpkgonly', '=sys-libs/swarmcore-1.4.1');

  expect({ exitCode, complaint: COMPLAINTS.exec(output)?.[0] }).toEqual({ exitCode: 0, complaint: undefined });
  await access(join(prefix.dir, SWARMCORE));
  // What scanelf finds out, without which dependents of a changed library are not rebuilt.
  expect(await readFile(join(prefix.dir, 'var/cache/binpkgs/Packages'), 'utf8')).toMatch(
    /^PROVIDES: .*libswarmcore\.so/m,
  );
});

test('the tests of a package run where its own settings say so', async () => {
  const prefix = await setup();

  const { exitCode, output } = await emerge(prefix, '--oneshot', '--buildpkgonly', 'app-broken/fails-test');

  expect(exitCode).toBe(1);
  expect(output).toMatch(/app-broken\/fails-test-1\.0::swarmtest failed \(test phase\)/);
});

test('a package that was built before is installed from its file after a reset', async () => {
  const prefix = await setup();
  const atom = '=sys-libs/swarmcore-1.4.1';
  const library = join(prefix.dir, 'usr/lib/libswarmcore.so.1');
  await emerge(prefix, '--oneshot', atom);
  await access(library);

  await resetPrefix(prefix);
  await expect(access(library)).rejects.toMatchObject({ code: 'ENOENT' });
  const { exitCode } = await emerge(prefix, '--oneshot', '--usepkgonly', atom);

  expect(exitCode).toBe(0);
  await access(library);
});

const fixture = fileURLToPath(new URL('./fixtures/build-in-prefix.mts', import.meta.url));
const tsx = fileURLToPath(import.meta.resolve('tsx'));
/** Of util-linux; where it is elsewhere, the test of another user is left out. */
const SETPRIV = '/usr/bin/setpriv';
const asNobody = ['--reuid=nobody', '--regid=65534', '--clear-groups'];
const canBeNobody =
  process.getuid?.() === 0 &&
  [fixture, join(process.env['BUILD_SWARM_PORTAGE'] ?? '', 'bin', 'python'), process.execPath].every(
    (path) => spawnSync(SETPRIV, [...asNobody, 'head', '-c1', path]).status === 0,
  );

// Only root can become somebody else; run by an ordinary user, the tests above show the same.
test.runIf(canBeNobody)('an ordinary user who owns the prefix can build in it', async () => {
  const dir = join(await scratch(), 'of-nobody');
  await chmod(dirname(dir), 0o755);
  await mkdir(dir);
  await chown(dir, 65534, 65534);
  const lines: string[] = [];

  const { exitCode } = await runProcess({
    command: SETPRIV,
    args: [...asNobody, process.execPath, '--import', tsx, fixture, dir, REPO],
    env: { PATH: process.env['PATH'] ?? '', HOME: dir, BUILD_SWARM_PORTAGE: process.env['BUILD_SWARM_PORTAGE'] ?? '' },
    cwd: '/',
    onLine: (line) => void lines.push(line),
  });

  const complaint = COMPLAINTS.exec(lines.join('\n'))?.[0];
  expect({ exitCode, complaint }).toEqual({ exitCode: 0, complaint: undefined });
  await access(join(dir, SWARMCORE));
});

test('two who need the same virtual environment install it once', async () => {
  const dir = join(await scratch(), 'venv');
  const said: string[] = [];
  const ensure = () =>
    ensureVirtualenv({ dir, version: PINNED_PORTAGE, env: process.env, onProgress: (line) => said.push(line) });

  expect(await Promise.all([ensure(), ensure()])).toEqual([dir, dir]);

  expect(said.filter((line) => line.startsWith('installing Portage'))).toHaveLength(1);
  const found = await findPortage({ env: { ...process.env, BUILD_SWARM_PORTAGE: dir }, onProgress: () => {} });
  expect(found).toEqual({
    kind: 'virtualenv',
    python: join(dir, 'bin/python'),
    binDir: join(dir, 'bin'),
    version: PINNED_PORTAGE,
  });
});
