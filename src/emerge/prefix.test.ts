import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { PortageHost } from './host.ts';
import { createPrefix, portageCommand, prefixEnv, resetPrefix } from './prefix.ts';

/** A virtual environment and a repository with just the files that a prefix is made from. */
async function setup() {
  const dir = await mkdtemp(join(tmpdir(), 'prefix-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  };
  await write('venv/share/portage/config/make.globals', 'PKGDIR="/somewhere"\n');
  await write('venv/share/portage/config/repos.conf', '[gentoo]\n');
  await write('repo/profiles/repo_name', 'swarmtest\n');
  await write('repo/profiles/base/make.defaults', 'ARCH="amd64"\n');
  const binDir = join(dir, 'venv', 'bin');
  const host: PortageHost = { kind: 'virtualenv', python: join(binDir, 'python'), binDir, version: '3.0.83' };
  const request = { dir: join(dir, 'prefix'), host, repoDir: join(dir, 'repo') };
  const read = (path: string) => readFile(join(request.dir, path), 'utf8');
  return { dir, request, write, read };
}

test('a prefix has its own settings, the given profile and no repository but the given one', async () => {
  const { request, read } = await setup();

  await createPrefix({ ...request, jobs: 3, settings: { USE: 'a "b" $c' } });

  expect(await readlink(join(request.dir, 'etc/portage/make.profile'))).toBe(join(request.repoDir, 'profiles/base'));
  expect(await read('etc/portage/repos.conf')).toContain(`[swarmtest]\nlocation = ${request.repoDir}\n`);
  expect(await read('share/portage/config/repos.conf')).toBe('');
  expect(await read('share/portage/config/make.globals')).toContain('PKGDIR');
  const makeConf = await read('etc/portage/make.conf');
  expect(makeConf).toContain(`PKGDIR="${request.dir}/var/cache/binpkgs"\n`);
  expect(makeConf).toContain('MAKEOPTS="-j3"\n');
  expect(makeConf.endsWith('USE="a \\"b\\" \\$c"\n')).toBe(true);
});

test('the world, the binhost and the settings of single packages are written as Portage reads them', async () => {
  const { request, read } = await setup();

  await createPrefix({
    ...request,
    binhostUrl: 'http://127.0.0.1:8100/binhost',
    world: ['b/b', 'a/a'],
    packageEnv: { 'a/a': { FEATURES: 'test' }, '=b/b-1': { MAKEOPTS: '-j1', USE: 'x' } },
  });

  expect(await read('var/lib/portage/world')).toBe('a/a\nb/b\n');
  expect(await read('etc/portage/binrepos.conf')).toBe(
    '[swarm]\npriority = 10\nsync-uri = http://127.0.0.1:8100/binhost\nverify-signature = no\n',
  );
  expect(await read('etc/portage/package.env')).toBe('a/a swarm-0.conf\n=b/b-1 swarm-1.conf\n');
  expect(await read('etc/portage/env/swarm-0.conf')).toBe('FEATURES="test"\n');
  expect(await read('etc/portage/env/swarm-1.conf')).toBe('MAKEOPTS="-j1"\nUSE="x"\n');
});

test('making a prefix again renews its settings and keeps what is installed', async () => {
  const { request, write, read } = await setup();
  await createPrefix({
    ...request,
    binhostUrl: 'http://127.0.0.1:1',
    world: ['a/a'],
    packageEnv: { 'a/a': { A: '1' } },
  });
  await write('prefix/usr/bin/tool', 'installed');

  await createPrefix({ ...request, jobs: 7 });

  expect(await read('etc/portage/make.conf')).toContain('-j7');
  expect(await readdir(join(request.dir, 'etc/portage'))).not.toContain('binrepos.conf');
  expect(await readdir(join(request.dir, 'etc/portage/env'))).toEqual([]);
  expect(await read('usr/bin/tool')).toBe('installed');
  expect(await read('var/lib/portage/world')).toBe('a/a\n');
});

test('a reset prefix keeps settings, packages, logs and world, and nothing else', async () => {
  const { request, write, read } = await setup();
  const prefix = await createPrefix({ ...request, world: ['a/a'] });
  const kept = [
    'etc/portage/make.conf',
    'var/cache/binpkgs/Packages',
    'var/log/portage/a.log',
    'var/lib/portage/world',
  ];
  const gone = ['usr/bin/tool', 'etc/tool.conf', 'run/x', 'var/db/pkg/a/a-1/CPV', 'var/tmp/portage/a/x'];
  for (const path of ['var/cache/binpkgs/Packages', 'var/log/portage/a.log', ...gone])
    await write(`prefix/${path}`, 'x');
  await write('prefix/var/lib/portage/preserved_libs_registry', '{}');

  await resetPrefix(prefix);

  for (const path of kept) expect(await read(path)).not.toBe('');
  for (const path of gone) await expect(read(path)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readdir(join(request.dir, 'var/lib/portage'))).toEqual(['world']);
  expect(await readdir(join(request.dir, 'var/db/pkg'))).toEqual([]);
});

test('the system itself cannot be reset', async () => {
  const { request } = await setup();
  const system = { dir: '', host: { ...request.host, kind: 'system' as const } };

  await expect(resetPrefix(system)).rejects.toMatchObject({ code: 'BAD_SETTING' });
  await expect(resetPrefix({ ...system, dir: '/' })).rejects.toMatchObject({ code: 'BAD_SETTING' });
});

test('settings of the calling shell change no build', async () => {
  const { request } = await setup();
  const prefix = await createPrefix(request);
  const caller = {
    PATH: '/usr/bin',
    HOME: '/home/ada',
    USE: 'x',
    FEATURES: 'test',
    PYTHONPATH: '/x',
    http_proxy: 'http://p',
  };

  const env = prefixEnv(prefix, caller);

  expect(env).toMatchObject({
    PATH: `${prefix.dir}/share/build-swarm/bin:/usr/bin`,
    HOME: '/home/ada',
    http_proxy: 'http://p',
    PORTAGE_OVERRIDE_EPREFIX: prefix.dir,
    PORTAGE_CONFIGROOT: prefix.dir,
    PYTHONHASHSEED: '0',
  });
  expect(env).not.toHaveProperty('USE');
  expect(env).not.toHaveProperty('FEATURES');
  expect(env).not.toHaveProperty('PYTHONPATH');
  expect(portageCommand(prefix, 'emerge')).toBe(join(request.host.binDir, 'emerge'));
});

test('on the system itself Portage keeps its own root', async () => {
  const { request } = await setup();
  const env = prefixEnv({ dir: '/', host: { ...request.host, kind: 'system' } }, { PATH: '/usr/bin' });

  expect(env).toEqual({ PATH: '/usr/bin', LC_ALL: 'C.UTF-8', NO_COLOR: '1', PYTHONHASHSEED: '0' });
});

test.each(['relative/path', '/', '/with blank', '/with$dollar', '/with"quote', '/with%percent'])(
  'the path %s is refused, since Portage would read it as something else',
  async (dir) => {
    const { request } = await setup();

    await expect(createPrefix({ ...request, dir })).rejects.toMatchObject({ code: 'BAD_SETTING' });
  },
);

test('what a prefix cannot be made from is named', async () => {
  const { dir, request, write } = await setup();
  await write('file', '');
  const create = (more: object) => createPrefix({ ...request, ...more });

  await expect(create({ profile: 'absent' })).rejects.toMatchObject({ code: 'BAD_SETTING' });
  await expect(create({ repoDir: join(dir, 'venv') })).rejects.toMatchObject({ code: 'BAD_SETTING' });
  await expect(create({ dir: join(dir, 'file', 'prefix') })).rejects.toMatchObject({ code: 'DIRECTORY_UNUSABLE' });
  const host = { ...request.host, binDir: join(dir, 'absent', 'bin') };
  await expect(create({ host })).rejects.toMatchObject({ code: 'PORTAGE_MISSING' });
});
