import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { checkShell, shellFiles } from '../../scripts/shell.ts';
import { findProgram } from '../../src/platform/programs.ts';
import { bundleBootstrap } from '../../src/server/bootstrap-bundle.ts';
import { bootstrapScript, run } from '../../src/testing/provisioning-world.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const IMAGE = join(ROOT, 'drone-image');
const shellcheck = await findProgram('shellcheck');

const read = (name: string) => readFile(join(IMAGE, name), 'utf8');

async function spec(): Promise<Record<string, unknown>> {
  return JSON.parse(await read('drone.spec')) as Record<string, unknown>;
}

async function schema() {
  const text = JSON.parse(await read('drone.spec.schema.json')) as Parameters<typeof z.fromJSONSchema>[0];
  return z.fromJSONSchema(text);
}

async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'image-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test('the spec is as its schema says', async () => {
  const result = (await schema()).safeParse(await spec());

  expect(result.error?.issues ?? []).toEqual([]);
});

test.each([
  ['profile', 'no profile/'],
  ['profile', undefined],
  ['updated', 'yesterday'],
  ['max_packages', '400'],
  ['world_packages', ['gcc']],
  ['required_dirs', ['opt']],
  ['forbidden_patterns', ['games-*/$(id)']],
  ['made_up', true],
])('a spec whose %s is %j is none', async (key, value) => {
  const result = (await schema()).safeParse({ ...(await spec()), [key]: value });

  expect(result.success).toBe(false);
});

test('the world file that is written is the one that is checked', async () => {
  const atoms = (await read('package.list')).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  expect(atoms).toEqual((await spec())['world_packages']);
});

test('a cron daemon is among the packages, for the daily check', async () => {
  const { world_packages: world, required_services: services } = await spec();

  expect(world).toContain('sys-process/cronie');
  expect(services).toContain('cronie');
});

test('make.conf has every feature that is asked for', async () => {
  const features = /^FEATURES="(.*)"$/m.exec(await read('make.conf.drone'))?.[1]?.split(' ');

  expect(features).toEqual(expect.arrayContaining((await spec())['make_conf_required_features'] as string[]));
});

test.skipIf(shellcheck === undefined)('shellcheck finds nothing in any script of the project', async () => {
  expect(shellFiles(ROOT)).toEqual(
    expect.arrayContaining(['drone-image/bootstrap.sh', 'drone-image/comply.sh', 'drone-image/swarm-drone.initd']),
  );
  expect(await checkShell(ROOT)).toEqual({ ok: true, output: '' });
});

test.skipIf(shellcheck === undefined)('shellcheck finds nothing in the script as it is handed out', async () => {
  const file = join(await scratch(), 'bootstrap.sh');
  await writeFile(file, await bootstrapScript());

  expect(await run('shellcheck', [file])).toEqual({ code: 0, stdout: '', stderr: '' });
});

test.each(['sh', 'bash', 'dash'])('the script as it is handed out is %s, and so is the check', async (shell) => {
  if ((await findProgram(shell)) === undefined) return;

  for (const input of [await bootstrapScript(), await read('comply.sh'), await read('comply-cron.sh')])
    expect(await run(shell, ['-n'], { input })).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('every file travels in the script as it is', async () => {
  const script = await bootstrapScript();
  const files = (await readdir(IMAGE)).filter(
    (name) => !/^(bootstrap|README|swarm-control|drone\.spec\.schema)/.test(name),
  );

  // The last line begins the work; without it there are only the files.
  const carried = script.replace(/\nmain "\$@"\n$/, '\nfor one; do carried "$one"; done\n');
  for (const name of files) {
    const { stdout } = await run('sh', ['-s', '--', name], { input: carried });
    expect({ name, text: stdout }).toEqual({ name, text: await read(name) });
  }
});

test('whatever stands in a file, it is never taken for code or for a place to put something', async () => {
  const dir = await scratch();
  await cp(IMAGE, dir, { recursive: true });
  const nasty =
    '__MAKE_CONF__ __PACKAGE_USE__ $(touch pwned) `id` ${HOME}\nEOF\nTEXT\n)\n\'"\\\nmain "$@"\nEND_OF_make.conf.drone\n';
  await writeFile(join(dir, 'make.conf.drone'), nasty);

  const script = await bundleBootstrap(pathToFileURL(`${dir}/`));
  const input = script.replace(/\nmain "\$@"\n$/, '\ncarried make.conf.drone\n');
  const ran = await run('sh', ['-s'], { input, cwd: dir });

  expect(ran).toEqual({ code: 0, stdout: nasty, stderr: '' });
  expect(await readdir(dir)).not.toContain('pwned');
});

test('where it lies, the script finds its parts and files beside it', async () => {
  const { code, stdout } = await run(join(IMAGE, 'bootstrap.sh'), ['--help']);

  expect(code).toBe(0);
  expect(stdout).toContain('--steps-json');
});

test('a script that lost its parts says where to get it', async () => {
  const file = join(await scratch(), 'bootstrap.sh');
  await writeFile(file, await read('bootstrap.sh'));

  const { code, stderr } = await run('sh', [file, '--cp-url', 'http://10.0.0.5']);

  expect(code).toBe(1);
  expect(stderr).toContain('the parts of this script are missing');
});

test.each(['swarm-drone.initd', 'swarm-control-plane.initd'])('%s is a service that OpenRC can read', async (name) => {
  const text = await read(name);
  const stubs = 'need() { :; }\nafter() { :; }\ncheckpath() { :; }\neerror() { echo "$*" >&2; }\n';

  const { code, stdout } = await run('sh', [
    '-euc',
    `${stubs}${text}\ndepend\necho "$supervisor $pidfile $respawn_max"`,
  ]);

  expect(code).toBe(0);
  expect(stdout).toBe(
    name === 'swarm-drone.initd'
      ? 'supervise-daemon /run/swarm-drone.pid 10\n'
      : 'supervise-daemon /run/build-swarm-v3-cp.pid 10\n',
  );
});

test('the control plane is not started where it is not installed, and says so', async () => {
  const text = (await read('swarm-control-plane.initd')).replaceAll('/usr/bin/build-swarmv3', '/nowhere/build-swarmv3');
  const stubs = 'checkpath() { :; }\neerror() { echo "$*" >&2; }\n';

  const { code, stderr } = await run('sh', ['-uc', `${stubs}${text}\nstart_pre`]);

  expect(code).toBe(1);
  expect(stderr).toContain('install build-swarm first');
});

test.each(['swarm-drone.service', 'swarm-control-plane.service', 'swarm-comply.service', 'swarm-comply.timer'])(
  '%s has its sections',
  async (name) => {
    const text = await read(name);

    expect(text).toMatch(/^\[Unit\]\nDescription=/);
    expect(text).toContain(name.endsWith('.timer') ? '[Timer]' : 'ExecStart=/');
    for (const line of text.split('\n')) expect(line).toMatch(/^$|^#|^\[[A-Z][a-z]+\]$|^[A-Z][A-Za-z]+=/);
  },
);
