import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findProgram } from '../../src/platform/programs.ts';
import { treeOf } from '../../src/testing/gentoo-root.ts';
import { run } from '../../src/testing/provisioning-world.ts';
import { IMAGE, type ComplyImage as Image, type Report, complyImage as setup } from './comply-image.ts';

const DAY_MS = 86_400_000;
const IDS = [
  'profile',
  'packages',
  'world',
  'forbidden',
  'commands',
  'directories',
  'files',
  'services',
  'make_conf',
  'portage_tree',
];

test('a drone that is as the spec says passes all ten checks', async () => {
  const image = await setup();

  const text = await image.comply();
  const report = await image.report();

  expect(text).toMatchObject({ code: 0, stderr: '' });
  expect(text.stdout.split('\n').filter((line) => line !== '')).toEqual([
    expect.stringMatching(/^Build Swarm drone compliance, spec v2 \(\d{4}-\d{2}-\d{2}\)$/),
    expect.stringMatching(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} {2}gentoo-1$/),
    'PASS  profile          default/linux/amd64/23.0',
    'PASS  packages         3 installed (limit: 400)',
    'PASS  world_file       11 packages, as they should be',
    'PASS  forbidden        none installed',
    'PASS  commands         all there',
    'PASS  directories      all there',
    'PASS  files            all there',
    'PASS  service          swarm-drone is started with the system',
    'PASS  service          sshd is started with the system',
    'PASS  service          cronie is started with the system',
    'PASS  make_conf        FEATURES has buildpkg fail-clean',
    'PASS  portage_tree     0 days old',
    'SUMMARY: 12 PASS, 0 WARN, 0 FAIL  (12 checks)',
  ]);
  expect(report).toMatchObject({ verdict: 'pass', host: 'gentoo-1', drone: 'anvil', spec_version: 2 });
  expect(report.checks.map(({ id, number, status }) => [id, number, status])).toEqual(
    IDS.map((id, index) => [id, index + 1, 'pass']),
  );
  expect(report.checks.every(({ advice, details }) => advice === null && details.length === 0)).toBe(true);
});

type Case = [check: string, status: string, drift: (image: Image) => Promise<unknown>, said: string];

const CASES: Case[] = [
  [
    'profile',
    'fail',
    (image) => relink(image, 'default/linux/amd64/23.0/desktop'),
    'profile: default/linux/amd64/23.0/desktop (expected: default/linux/amd64/23.0)',
  ],
  ['profile', 'fail', (image) => image.remove('etc/portage/make.profile'), 'profile: cannot be read'],
  ['packages', 'warn', (image) => image.installed(...many(351)), 'packages: 354 installed (more than 350; limit: 400)'],
  ['packages', 'fail', (image) => image.installed(...many(398)), 'packages: 401 installed (limit: 400)'],
  ['packages', 'fail', (image) => image.remove('var/db/pkg'), 'packages: there is no package database'],
  ['world', 'warn', (image) => addToWorld(image, 'media-gfx/gimp'), 'world_extra: media-gfx/gimp'],
  [
    'world',
    'fail',
    (image) => replaceIn(image, 'var/lib/portage/world', /sys-devel\/gcc\n/, ''),
    'world_missing: sys-devel/gcc',
  ],
  ['world', 'fail', (image) => image.remove('var/lib/portage/world'), 'world is missing'],
  [
    'forbidden',
    'fail',
    (image) => image.installed('kde-plasma/kwin-6.2.4'),
    'forbidden: kde-plasma/kwin-6.2.4 (by kde-plasma/*)',
  ],
  [
    'forbidden',
    'fail',
    (image) => image.installed('app-containers/docker-cli-27.0'),
    'docker-cli-27.0 (by app-containers/docker)',
  ],
  ['forbidden', 'fail', (image) => image.installed('games-fps/doom-1'), 'games-fps/doom-1 (by games-*/*)'],
  ['commands', 'fail', (image) => image.remove('usr/bin/equery'), 'commands: missing: equery'],
  ['directories', 'fail', (image) => image.remove('var/cache/binpkgs'), 'directories: missing: /var/cache/binpkgs'],
  [
    'files',
    'fail',
    (image) => image.remove('etc/portage/package.use/swarm-drone'),
    'files: /etc/portage/package.use/swarm-drone is missing',
  ],
  [
    'services',
    'warn',
    (image) => image.remove('etc/runlevels/default/sshd'),
    'service: sshd is not started with the system',
  ],
  ['services', 'fail', (image) => image.remove('etc/init.d/cronie'), 'service: cronie is not installed'],
  [
    'make_conf',
    'fail',
    (image) => replaceIn(image, 'etc/portage/make.conf', /fail-clean/, '-fail-clean'),
    'make_conf: FEATURES lacks: fail-clean',
  ],
  ['portage_tree', 'warn', (image) => syncedBefore(image, 9), 'portage_tree: 9 days old'],
  [
    'portage_tree',
    'warn',
    (image) => image.remove('var/db/repos/gentoo/metadata'),
    'portage_tree: timestamp not found in',
  ],
  [
    'portage_tree',
    'warn',
    (image) => image.write('var/db/repos/gentoo/metadata/timestamp.chk', 'soon\n'),
    'is no date: soon',
  ],
];

function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `dev-libs/lib${index}-1.0`);
}

async function relink(image: Image, profile: string): Promise<void> {
  await image.remove('etc/portage/make.profile');
  await symlink(`../../var/db/repos/gentoo/profiles/${profile}`, join(image.dir, 'etc/portage/make.profile'));
}

async function replaceIn(image: Image, path: string, what: RegExp, by: string): Promise<void> {
  const text = await readFile(join(image.dir, path), 'utf8');
  await image.write(path, text.replace(what, by));
}

function addToWorld(image: Image, atom: string): Promise<void> {
  return replaceIn(image, 'var/lib/portage/world', /^/, `${atom}\n`);
}

function syncedBefore(image: Image, days: number): Promise<void> {
  const stamp = new Date(Date.now() - days * DAY_MS - 3_600_000).toUTCString();
  return image.write('var/db/repos/gentoo/metadata/timestamp.chk', `${stamp}\n`);
}

test.each(CASES)('%s: %s', async (id, status, drift, said) => {
  const image = await setup();
  await drift(image);

  const { checks, verdict } = await image.report();
  const quiet = await image.comply('--quiet');

  const check = checks.find((one) => one.id === id);
  expect(check?.status).toBe(status);
  expect(check?.details.join('\n')).toContain(said);
  expect(check?.advice).toMatch(/\S/);
  // What is required is looked at by more than one check.
  const others = checks.filter((one) => one.id !== id && one.status !== 'pass').map((one) => one.id);
  expect(others).toEqual([]);
  expect(verdict).toBe(status);
  expect(quiet.code).toBe(status === 'fail' ? 2 : 1);
  expect(quiet.stdout).not.toContain('PASS  ');
  expect(quiet.stdout).toContain(status === 'fail' ? 'FAIL  ' : 'WARN  ');
});

test('all ten can be wrong at once, and each is told', async () => {
  const image = await setup();
  await image.remove('etc');
  await image.remove('usr');
  await image.remove('opt');
  await image.remove('var/lib');
  await image.remove('var/db/repos');
  await image.installed(...many(500), 'kde-apps/kate-24');

  const report = await image.report('--spec', join(IMAGE, 'drone.spec'));

  expect(report).toMatchObject({ verdict: 'fail', drone: null });
  expect(report.checks.map(({ status }) => status)).toEqual([...Array.from({ length: 9 }, () => 'fail'), 'warn']);
});

test.each([
  ['FEATURES="-buildpkg fail-clean"', 'fail'],
  ["FEATURES='buildpkg\n  fail-clean'", 'pass'],
  ['FEATURES="buildpkg fail-clean"\nFEATURES="${FEATURES} -buildpkg"', 'fail'],
  ['# FEATURES="buildpkg fail-clean"', 'fail'],
  ['FEATURES="buildpkg-live fail-clean"', 'fail'],
  ['FEATURES="buildpkg" \nFEATURES="$FEATURES fail-clean" # both', 'pass'],
])('make.conf with %j: %s', async (line, status) => {
  const image = await setup();
  await image.write('etc/portage/make.conf', `${line}\n`);

  expect((await image.report()).checks[8]).toMatchObject({ id: 'make_conf', status });
});

test('what a host needs to live may be in the world file, and slots do not matter', async () => {
  const image = await setup();
  await replaceIn(
    image,
    'var/lib/portage/world',
    /dev-lang\/python\n/,
    'dev-lang/python:3.12\nsys-kernel/gentoo-kernel-bin\n',
  );

  expect((await image.report()).checks[2]).toMatchObject({ id: 'world', status: 'pass' });
});

test('an atom is a name and no pattern', async () => {
  const image = await setup();
  await replaceIn(image, 'var/lib/portage/world', /net-misc\/rsync\n/, 'net-misc/rsyncd\n');

  expect((await image.report()).checks[2]?.details).toEqual([
    'world_missing: net-misc/rsync',
    'world_extra: net-misc/rsyncd',
  ]);
});

test('on a host with systemd its own profile, packages and services are asked for', async () => {
  const image = await setup();
  await image.remove('sbin/openrc-run');
  await image.write('usr/lib/systemd/systemd', '', 0o755);
  await relink(image, 'default/linux/amd64/23.0/systemd');
  await replaceIn(image, 'var/lib/portage/world', /sys-apps\/openrc\n/, 'sys-apps/systemd\n');
  await replaceIn(image, 'var/lib/portage/world', /sys-process\/cronie\n/, '');
  for (const one of ['swarm-drone', 'sshd']) {
    await image.write(`etc/systemd/system/${one}.service`, '[Service]\n');
    await mkdir(join(image.dir, 'etc/systemd/system/multi-user.target.wants'), { recursive: true });
    const link = join(image.dir, `etc/systemd/system/multi-user.target.wants/${one}.service`);
    await symlink(`/etc/systemd/system/${one}.service`, link);
  }

  const report = await image.report();

  expect(report.checks.filter(({ status }) => status !== 'pass')).toEqual([]);
});

test('it needs no file on the host: script and spec come with the connection', async () => {
  const image = await setup();
  await image.remove('etc/build-swarm/drone.spec');
  const spec = await readFile(join(IMAGE, 'drone.spec'));
  const input = await readFile(join(IMAGE, 'comply.sh'), 'utf8');
  const options = ['-s', '--', '--json', '--root', image.dir, '--spec-base64', spec.toString('base64')];

  const ran = await run('bash', options, { input });

  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ran.stdout)).toMatchObject({ verdict: 'pass' });
});

test('the spec may come on standard input', async () => {
  const image = await setup();
  await image.remove('etc/build-swarm/drone.spec');
  const input = await readFile(join(IMAGE, 'drone.spec'), 'utf8');

  const ran = await run('sh', ['-c', 'cat | sh "$0" --json --root "$1"', join(IMAGE, 'comply.sh'), image.dir], {
    input,
  });

  expect(JSON.parse(ran.stdout)).toMatchObject({ verdict: 'pass' });
});

test.each([
  [['--spec', '/nowhere'], 'there is no spec /nowhere'],
  [['--spec'], '--spec needs a value'],
  [['--spec-base64', '???'], '--spec-base64 is not base64'],
  [['--spec-base64', Buffer.from('[1]').toString('base64')], 'it is no JSON object'],
  [['--spec-base64', Buffer.from('{').toString('base64')], 'it is no JSON'],
  [['--spec-base64', Buffer.from('{"profile":"x"}').toString('base64')], 'updated is missing'],
  [['--what'], 'unknown option --what'],
  [[], 'there is no spec: give one'],
])('%j: status 2, and what is wrong', async (options, complaint) => {
  const image = await setup();
  await image.remove('etc/build-swarm/drone.spec');

  const { code, stdout, stderr } = await image.comply('--json', ...options);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(complaint);
});

test('without Python the spec is read by Node.js, and the missing Python is told', async () => {
  const image = await setup();
  const bin = join(image.dir, 'only');
  const names = ['sh', 'cat', 'awk', 'sed', 'tr', 'wc', 'readlink', 'uname', 'head', 'date', 'paste', 'grep', 'tail'];
  await mkdir(bin);
  for (const name of names) await symlink((await findProgram(name)) ?? '', join(bin, name));
  await symlink(process.execPath, join(bin, 'node'));
  await image.remove('usr/bin/python3');
  const input = (await readFile(join(IMAGE, 'comply.sh'), 'utf8')).replace(/^PATH=\$PATH:.*$/m, 'PATH=$PATH');

  const spec = join(image.dir, 'etc/build-swarm/drone.spec');
  const ran = await run('sh', ['-s', '--', '--json', '--root', image.dir, '--spec', spec], {
    input,
    env: { PATH: bin },
  });

  const report = JSON.parse(ran.stdout) as Report;
  expect(report.checks[4]).toMatchObject({ id: 'commands', status: 'fail', found: 'missing: python3' });
  expect(report.checks[0]).toMatchObject({ id: 'profile', status: 'pass' });
});

test('a check changes nothing', async () => {
  const image = await setup();
  const before = await treeOf(image.dir);

  await image.comply();
  await image.comply('--json');

  expect(await treeOf(image.dir)).toEqual(before);
});

test('names with quotes and backslashes make no broken JSON', async () => {
  const image = await setup();
  await image.write('etc/hostname', 'an"vil\\n\tx\n');
  await addToWorld(image, 'a"b/c\\d');

  const report = await image.report();

  expect(report.host).toBe('an"vil\\n x');
  expect(report.checks[2]?.details).toEqual(['world_extra: a"b/c\\d']);
});
