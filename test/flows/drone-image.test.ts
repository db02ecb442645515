import { once } from 'node:events';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { canEnterRoots, type GentooRoot, gentooRoot, treeOf } from '../../src/testing/gentoo-root.ts';
import {
  bootstrapScript,
  type ProvisioningWorld,
  provisioningWorld,
  type Ran,
} from '../../src/testing/provisioning-world.ts';
import { until } from '../../src/testing/real-swarm.ts';

const IMAGE = fileURLToPath(new URL('../../drone-image/', import.meta.url));
const STEPS = [
  'environment',
  'profile',
  'make_conf',
  'package_config',
  'portage_tree',
  'world',
  'update',
  'prune',
  'agent',
  'service',
];

const isRoot = await canEnterRoots();

/** What Portage keeps for itself, and what the stand-in for OpenRC writes. */
function isPortages(path: string): boolean {
  return /^var\/(cache|db\/pkg|log|tmp|lib\/portage\/(?!world$))|^run\/services\.log$|^etc\/(ld\.so|env\.d|profile\.env|csh\.env|environment\.d)/.test(
    path,
  );
}

/** The same for a directory whose mode Portage changes. */
async function tree(root: GentooRoot): Promise<string[]> {
  return (await treeOf(root.dir, isPortages)).filter((line) => !line.startsWith('var/lib/portage/ '));
}

describe.skipIf(!isRoot)('in a system of its own, with a real Portage', () => {
  let world: ProvisioningWorld;
  let script: string;
  let count = 0;
  beforeAll(async () => {
    world = await provisioningWorld();
    script = await bootstrapScript();
  });
  afterAll(() => world.close());

  async function setup(...atoms: string[]): Promise<GentooRoot> {
    count += 1;
    const root = await gentooRoot(join(world.dir, `gentoo-${count}`));
    onTestFinished(async () => {
      await root.close();
      await rm(root.dir, { recursive: true, force: true });
    });
    await cp(IMAGE, join(root.dir, 'srv/image'), { recursive: true });
    const spec = JSON.parse(await readFile(join(IMAGE, 'drone.spec'), 'utf8')) as Record<string, unknown>;
    const ours = { profile: 'base', world_packages: atoms, required_commands: ['emerge', 'portageq', 'python3', 'ps'] };
    await root.write('srv/image/drone.spec', JSON.stringify({ ...spec, ...ours }));
    await root.write('srv/image/package.list', `${atoms.join('\n')}\n`);
    return root;
  }

  const words = (...more: string[]) => [
    ...['bash', '-s', '--', '--cp-url', world.url, '--name', 'anvil', '--image', '/srv/image'],
    ...more,
  ];

  async function bootstrap(root: GentooRoot, ...more: string[]): Promise<Ran> {
    return root.run(words(...more), { input: script, env: { BUILD_SWARM_JOIN_TOKEN: await world.joinToken() } });
  }

  function states({ stdout }: Ran): string[] {
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('@@step '))
      .map((line) => JSON.parse(line.slice('@@step '.length)) as { id: string; state: string })
      .filter(({ state }) => state !== 'running')
      .map(({ id, state }) => `${id} ${state}`);
  }

  test('from a stage3 to a drone that complies, again without a change, and back to the stage3', async () => {
    const root = await setup('app-misc/variants', 'dev-libs/swarmjson');
    const before = await treeOf(root.dir);
    const beforeOurs = await tree(root);

    const dry = await bootstrap(root, '--dry-run');
    const afterDry = await treeOf(root.dir);
    const first = await bootstrap(root, '--steps-json');
    const comply = await root.run(['sh', '/opt/build-swarm/comply.sh', '--json']);
    const cron = await root.run(['sh', '/opt/build-swarm/comply-cron.sh']);
    const afterFirst = await treeOf(root.dir);
    const second = await bootstrap(root, '--steps-json');
    const afterSecond = await treeOf(root.dir);
    const undone = await root.run(['sh', '-s', '--', '--undo', '--packages', '--yes'], { input: script });

    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain('+/etc/portage/make.profile -> ../../var/db/repos/gentoo/profiles/base');
    expect(afterDry).toEqual(before);
    expect(first).toMatchObject({ code: 0 });
    expect(states(first)).toEqual(
      STEPS.map((id) => `${id} ${['portage_tree', 'prune'].includes(id) ? 'unchanged' : 'done'}`),
    );
    expect(first.stdout).toMatch(
      /\n@@end \{"state":"done","changes":\d+,"warnings":0,"dry_run":false,"journal":"0001-/,
    );
    expect(JSON.parse(comply.stdout)).toMatchObject({ verdict: 'pass', drone: 'anvil' });
    expect(comply.code).toBe(0);
    expect(cron).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(states(second)).toEqual(STEPS.map((id) => `${id} unchanged`));
    // Nothing at all, not even a cache of Portage.
    expect(afterSecond).toEqual(afterFirst);
    expect(undone).toMatchObject({ code: 0 });
    const logs = (line: string) => !/^(var\/log|run\/services)/.test(line);
    expect((await tree(root)).filter(logs)).toEqual(beforeOurs.filter(logs));
    expect((await root.run(['sh', '-c', 'ls -d /var/db/pkg/*/*/ 2>/dev/null'])).stdout).toBe('');
  });

  test('pruned is what nothing needs, after it was shown; it can be put back', async () => {
    const root = await setup('app-misc/variants');
    await bootstrap(root);
    await root.run(['emerge', '--oneshot', '--quiet', 'dev-util/sgen']);

    const without = await bootstrap(root, '--no-sync');
    const dry = await bootstrap(root, '--prune', '--dry-run');
    const isThere = async () => (await root.run(['ls', '/var/db/pkg/dev-util/'])).stdout.includes('sgen');
    const stayed = await isThere();
    const pruned = await bootstrap(root, '--prune');
    const went = !(await isThere());
    const undone = await root.run(['sh', '-s', '--', '--undo-last', '--packages', '--yes'], { input: script });

    expect(without.stdout).toContain('with --prune they are removed: =dev-util/sgen-1.2');
    expect(dry.stdout).toContain('[DRY] would prune 1 package(s): =dev-util/sgen-1.2');
    expect(stayed).toBe(true);
    expect(pruned.stdout).toContain('[INFO] prune 1 package(s): =dev-util/sgen-1.2');
    expect(went).toBe(true);
    expect(undone).toMatchObject({ code: 0 });
    expect(await isThere()).toBe(true);
  });

  test('an update goes on when the connection is lost, and the next run looks on until it has ended', async () => {
    const root = await setup('app-misc/slowpoke', 'app-misc/variants');
    const token = await world.joinToken();
    const child = root.start(words('--steps-json'), { input: script, env: { BUILD_SWARM_JOIN_TOKEN: token } });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdout.resume();
    await until('the update is under way', async () => said.includes('Emerging (1 of'));

    // As sshd does it: nobody reads any more, and the shell is gone.
    child.stdout.destroy();
    child.stderr.destroy();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const isInstalled = await root.run(['ls', '/var/db/pkg/app-misc/']);
    const undo = await root.run(['sh', '-s', '--', '--undo', '--yes'], { input: script });
    const rerun = await bootstrap(root);

    expect(isInstalled.stdout).not.toContain('slowpoke');
    expect(undo.stderr).toContain('is under way: wait until it has ended');
    expect(rerun).toMatchObject({ code: 0 });
    expect(rerun.stdout).toMatch(/\[INFO\] update (is under way already; looking on|has ended since)/);
    expect((await root.run(['ls', '/var/db/pkg/app-misc/'])).stdout).toContain('slowpoke');
    // It was not run twice.
    expect((await root.read('var/log/emerge.log')).match(/::: completed emerge .*slowpoke/g)).toHaveLength(1);
  });

  test.each(STEPS.map((id, index) => [id, index + 1] as const))(
    'killed in the step %s, the host is usable and a second run finishes',
    async (id, number) => {
      const root = await setup('dev-libs/swarmhdr');
      const before = await tree(root);
      const token = await world.joinToken();
      const child = root.start(words('--steps-json'), { input: script, env: { BUILD_SWARM_JOIN_TOKEN: token } });
      child.stderr.resume();
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes(`"number":${number},"of":10,"id":"${id}"`)) child.kill('SIGKILL');
      });
      await once(child, 'exit');

      const usable = await root.run(['emerge', '--pretend', '--quiet', 'dev-libs/swarmhdr']);
      const rerun = await bootstrap(root);
      const again = await bootstrap(root);
      const comply = await root.run(['sh', '/opt/build-swarm/comply.sh']);
      const undone = await root.run(['sh', '-s', '--', '--undo', '--packages', '--yes'], { input: script });

      // Without a profile a stage3 has nothing to pretend; Portage itself works.
      if (number > 3) expect(usable).toMatchObject({ code: 0 });
      expect(rerun).toMatchObject({ code: 0 });
      expect(again.stdout).toContain('nothing to change');
      expect(comply).toMatchObject({ code: 0 });
      expect(undone).toMatchObject({ code: 0 });
      expect(await tree(root)).toEqual(before);
    },
  );

  test('a drifted drone fails what drifted, and the script repairs it', async () => {
    const root = await setup('dev-libs/swarmhdr');
    await bootstrap(root);
    await root.write('etc/portage/make.conf', 'FEATURES="-buildpkg"\nUSE="X"\n');
    await root.write('var/lib/portage/world', 'dev-libs/swarmhdr\napp-misc/variants\n');
    await root.run(['rm', '-f', '/opt/build-swarm/bin/swarm-drone', '/run/service-swarm-drone']);
    await root.run(['rm', '-rf', '/etc/portage/package.use']);

    const drifted = await root.run(['sh', '/opt/build-swarm/comply.sh']);
    const repair = await bootstrap(root);
    const repaired = await root.run(['sh', '/opt/build-swarm/comply.sh']);

    expect(drifted.code).toBe(2);
    expect(drifted.stdout).toContain('WARN  world_extra      app-misc/variants\n');
    expect(drifted.stdout).toContain('FAIL  files            /etc/portage/package.use/swarm-drone is missing\n');
    expect(drifted.stdout).toContain('WARN  service          swarm-drone is installed, but does not run\n');
    // By what Portage makes of it.
    expect(drifted.stdout).toContain('FAIL  make_conf        FEATURES lacks: buildpkg fail-clean\n');
    expect(repair).toMatchObject({ code: 0 });
    expect(repaired).toMatchObject({ code: 0 });
  });

  test('a repository that was not synced for long is synced, and one that cannot be is only a warning', async () => {
    const root = await setup('dev-libs/swarmhdr');
    await root.write('var/db/repos/gentoo/metadata/timestamp.chk', 'Mon, 01 Jan 2024 00:00:00 +0000\n');
    await root.write('opt/gentoo/bin/emerge-webrsync', '#!/bin/sh\necho no network\nexit 1\n', 0o755);
    await writeFile(
      join(root.dir, 'etc/portage/repos.conf'),
      '[DEFAULT]\nmain-repo = swarmtest\n\n[swarmtest]\nlocation = /var/db/repos/gentoo\nsync-type = rsync\nsync-uri = rsync://127.0.0.1:1/x\n',
    );

    const { code, stdout } = await bootstrap(root);

    expect(code).toBe(0);
    expect(stdout).toMatch(/sync the ebuild repository \/var\/db\/repos\/gentoo \(last synced: \d+ days ago\)/);
    expect(stdout).toContain('[WARN] the ebuild repository could not be synced');
    expect(stdout).toContain('1 warning(s) above');
  });
});
