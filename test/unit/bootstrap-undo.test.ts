import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { treeOf } from '../../src/testing/gentoo-root.ts';
import { bootstrapScript, type ProvisioningWorld, provisioningWorld } from '../../src/testing/provisioning-world.ts';
import { copyRoot, imageRoot, isJournal, killingPrograms, runKilled, stateOf } from './image-root.ts';

const MINUTE_MS = 60_000;
/** A kill at so many places of a run, spread evenly, each in a root of its own. */
const KILLS = 8;

let world: ProvisioningWorld;
let script: string;
/** As it is before anything; never touched. */
let pristine: string;

beforeAll(async () => {
  world = await provisioningWorld({ auth: 'off' });
  script = await bootstrapScript();
  pristine = join(world.dir, 'pristine');
  await imageRoot(pristine);
  await killingPrograms(join(world.dir, 'killing'));
});
afterAll(() => world.close());

let roots = 0;
async function freshRoot(): Promise<string> {
  roots += 1;
  const root = join(world.dir, `root-${roots}`);
  await copyRoot(pristine, root);
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return root;
}

function bootstrap(root: string, ...more: string[]) {
  return world.bootstrap(['--cp-url', world.url, '--name', 'anvil', '--root', root, ...more]);
}

function undo(root: string, ...more: string[]) {
  return world.bootstrap(['--undo', '--yes', '--root', root, ...more]);
}

test('every file, mode, owner, link and absence comes back', async () => {
  const root = await freshRoot();
  const before = await treeOf(root);

  const made = await bootstrap(root);
  const after = await treeOf(root);
  const undone = await undo(root);

  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(after).not.toEqual(before);
  expect(undone).toMatchObject({ code: 0, stderr: '' });
  expect(undone.stdout).toContain('[OK] undone: this host is as it was before');
  expect(await treeOf(root)).toEqual(before);
});

test('the host is set up as its image says, and what was its own is kept', async () => {
  const root = await freshRoot();
  const read = (path: string) => readFile(join(root, path), 'utf8');

  await bootstrap(root);

  expect(await read('etc/portage/package.use/00-own')).toBe('app-misc/screen -pam\n');
  expect(await read('etc/portage/package.use/swarm-drone')).toContain('\n*/* -systemd elogind\n');
  expect(await read('etc/portage/make.conf')).toMatch(/^MAKEOPTS="-j\d+ -l\d+"$/m);
  expect(await read('etc/portage/make.conf')).not.toContain('__CORES__');
  // Editors may stay; what nobody on a drone needs goes from the list.
  const atoms = (await read('var/lib/portage/world')).split('\n');
  expect(atoms).toContain('app-editors/vim');
  expect(atoms).not.toContain('media-gfx/gimp');
  expect(await read('etc/build-swarm/drone.conf')).toContain('# by hand\nNODE_NAME="anvil"\nDRONE_SLOTS=2\n');
  const tree = await treeOf(root);
  expect(tree).toContain('etc/portage/make.profile -> ../../var/db/repos/gentoo/profiles/default/linux/amd64/23.0');
  expect(tree.find((line) => line.startsWith('etc/portage/make.conf '))).toMatch(
    process.getuid?.() === 0 ? / 100640 1234:5678 / : / 100640 /,
  );
  expect(await read('etc/cron.d/swarm-comply')).toContain('\n0 6 * * * root /opt/build-swarm/comply-cron.sh\n');
  for (const name of ['comply.sh', 'comply-cron.sh'])
    expect(await read(`opt/build-swarm/${name}`)).toMatch(/^#!\/bin\/sh\n/);
  expect(JSON.parse(await read('etc/build-swarm/drone.spec'))).toMatchObject({ spec_version: 2 });
});

test('a second run changes nothing, and a dry run writes nothing, before and after', async () => {
  const root = await freshRoot();
  const before = await treeOf(root);

  const dry = await bootstrap(root, '--dry-run');
  const afterDry = await treeOf(root);
  await bootstrap(root);
  const done = await treeOf(root);
  const again = await bootstrap(root);
  const dryAgain = await bootstrap(root, '--dry-run');

  expect(dry.code).toBe(0);
  expect(afterDry).toEqual(before);
  expect(dry.stdout).toContain('-FEATURES="ccache"');
  expect(dry.stdout).toContain('+FEATURES="buildpkg fail-clean parallel-fetch -getbinpkg -binpkg-multi-instance"');
  expect(dry.stdout).toContain('-media-gfx/gimp');
  expect(again.stdout).toContain('[OK] nothing to change: anvil is a drone of');
  expect(dryAgain.stdout).toContain('[OK] dry run: 0 change(s) would be made');
  expect(await treeOf(root)).toEqual(done);
});

test('every run has a journal of its own, and they are undone from the last to the first', async () => {
  const root = await freshRoot();
  const before = await treeOf(root);
  await bootstrap(root);
  const first = await stateOf(root);
  await writeFile(join(root, 'etc/portage/make.conf'), 'by hand\n');
  await chmod(join(root, 'opt/build-swarm/comply.sh'), 0o600);
  await bootstrap(root, '--name', 'bellows');

  const journals = await readdir(join(root, 'var/lib/build-swarm/journal'));
  const last = await world.bootstrap(['--undo-last', '--yes', '--root', root]);
  const restored = await readFile(join(root, 'etc/portage/make.conf'), 'utf8');
  await chmod(join(root, 'opt/build-swarm/comply.sh'), 0o755);
  const second = await stateOf(root);
  const rest = await undo(root);

  expect(journals).toHaveLength(2);
  expect(journals[0]).toMatch(/^0001-\d{8}T\d{6}Z$/);
  expect(last.code).toBe(0);
  expect(restored).toBe('by hand\n');
  const strange = second.filter((line) => !first.includes(line));
  expect(strange).toEqual([expect.stringMatching(/^etc\/portage\/make\.conf /)]);
  expect(rest.code).toBe(0);
  // What somebody wrote since the first run is kept beside.
  expect(rest.stdout).toContain('was changed since by somebody: that is kept in');
  expect(await treeOf(root, isJournal)).toEqual(before);
});

test('without --yes and without a terminal nothing is put back', async () => {
  const root = await freshRoot();
  await bootstrap(root);
  const done = await treeOf(root);

  const asked = await world.bootstrap(['--undo', '--root', root]);
  const shown = await world.bootstrap(['--undo', '--dry-run', '--root', root]);

  expect(asked.code).toBe(1);
  expect(asked.stderr).toContain('nothing was put back: add --yes');
  expect(asked.stdout).toContain(`  put back  ${root}/etc/portage/make.conf\n`);
  expect(shown.stdout).toContain('+FEATURES="ccache"');
  expect(await treeOf(root)).toEqual(done);
});

test('a host on which nothing was changed has nothing to undo', async () => {
  const root = await freshRoot();
  const before = await treeOf(root);

  const { code, stdout } = await undo(root);

  expect(code).toBe(0);
  expect(stdout).toContain('nothing to undo');
  expect(await treeOf(root)).toEqual(before);
});

test('what cannot be put back is told, the rest is, and the status says so', async () => {
  const root = await freshRoot();
  await bootstrap(root);
  await rm(join(root, 'etc/portage/make.conf'));
  await mkdir(join(root, 'etc/portage/make.conf/inside'), { recursive: true });

  const { code, stderr } = await undo(root);

  expect(code).toBe(2);
  expect(stderr).toContain('etc/portage/make.conf is a directory now');
  expect(await readFile(join(root, 'var/lib/portage/world'), 'utf8')).toContain('media-gfx/gimp');
});

test('a profile of another kind is never changed', async () => {
  const root = await freshRoot();
  const link = join(root, 'etc/portage/make.profile');
  await rm(link);
  await symlink('../../var/db/repos/gentoo/profiles/default/linux/amd64/23.0/musl', link);

  const { code, stderr } = await bootstrap(root);

  expect(code).toBe(1);
  expect(stderr).toContain('is a migration that is made by hand');
});

test('two runs at once do not mix', async () => {
  const root = await freshRoot();

  const ends = await Promise.all([bootstrap(root), bootstrap(root), bootstrap(root)]);
  const refused = ends.filter(({ code }) => code !== 0);
  const settled = await bootstrap(root);

  for (const { stderr } of refused) expect(stderr).toContain('this script runs here already');
  expect(settled.stdout).toContain('nothing to change');
});

describe('killed', () => {
  let total: number;
  let finished: string[];
  let original: string[];
  beforeAll(async () => {
    const root = join(world.dir, 'whole');
    await copyRoot(pristine, root);
    original = await stateOf(root);
    const ran = await killed(root, 0, 'before');
    total = ran.count;
    finished = await stateOf(root);
    await rm(root, { recursive: true });
  }, MINUTE_MS);

  function killed(root: string, at: number, when: 'before' | 'after', ...options: string[]) {
    const words = options.length > 0 ? options : ['--cp-url', world.url, '--name', 'anvil'];
    return runKilled(script, [...words, '--root', root], join(world.dir, 'killing'), { at, when });
  }

  /** Every file of before is as before or as afterwards: none is half written, none is gone. */
  async function isUsable(root: string): Promise<boolean> {
    const now = await stateOf(root);
    const pathOf = (line: string) => line.split(' ')[0] ?? '';
    const paths = new Set(now.map(pathOf));
    const strange = now.filter(
      (line) => !original.includes(line) && !finished.includes(line) && !line.includes('.swarm-new'),
    );
    // The only place that is empty for a moment, and that Portage can do without.
    const gone = original.filter((line) => !paths.has(pathOf(line)) && !line.startsWith('etc/portage/package.use'));
    expect({ strange, gone }).toEqual({ strange: [], gone: [] });
    return true;
  }

  test.each(['before', 'after'] as const)(
    '%s any change: the host is usable, a second run finishes, and everything can be undone',
    async (when) => {
      for (let turn = 0; turn < KILLS / 2; turn += 1) {
        const at = 1 + Math.floor(((turn + (when === 'before' ? 0 : 0.5)) * total) / (KILLS / 2));
        const root = await freshRoot();
        const before = await treeOf(root);

        const end = await killed(root, at, when);
        await isUsable(root);
        const rerun = await bootstrap(root);
        const state = await stateOf(root);
        const undone = await undo(root);

        expect({ at, signal: end.signal, code: end.code }).toEqual({ at, signal: 'SIGKILL', code: null });
        expect({ at, code: rerun.code, stderr: rerun.stderr }).toEqual({ at, code: 0, stderr: '' });
        expect({ at, state }).toEqual({ at, state: finished });
        expect({ at, code: undone.code }).toEqual({ at, code: 0 });
        expect({ at, tree: await treeOf(root) }).toEqual({ at, tree: before });
      }
    },
    5 * MINUTE_MS,
  );

  test(
    'again and again on the same host, it comes to its end',
    async () => {
      const root = await freshRoot();
      const before = await treeOf(root);

      let runs = 0;
      for (let at = 9; ; at += 9) {
        runs += 1;
        const { signal } = await killed(root, at, at % 2 === 0 ? 'before' : 'after');
        if (signal === null) break;
        await isUsable(root);
      }

      expect(runs).toBeGreaterThan(3);
      expect(await stateOf(root)).toEqual(finished);
      expect((await undo(root)).code).toBe(0);
      expect(await treeOf(root)).toEqual(before);
    },
    5 * MINUTE_MS,
  );

  test(
    'while it undoes, the same again goes on',
    async () => {
      const root = await freshRoot();
      const before = await treeOf(root);
      await bootstrap(root);

      let kills = 0;
      for (let at = 7; ; at += 7) {
        const { signal } = await killed(root, at, at % 2 === 0 ? 'before' : 'after', '--undo', '--yes');
        if (signal === null) break;
        kills += 1;
      }

      expect(kills).toBeGreaterThan(2);
      expect(await treeOf(root)).toEqual(before);
    },
    5 * MINUTE_MS,
  );
});
