import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { PortageHost } from '../../src/emerge/host.ts';
import type { PlannerHost } from '../../src/emerge/planner.ts';
import { createPrefix, prefixEnv } from '../../src/emerge/prefix.ts';
import { runProcess } from '../../src/platform/process.ts';
import { type Block, parsePackagesIndex } from '../../src/portage/packages-index.ts';
import { fixtureText } from '../portage/fixture.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));
const REPO = join(EXAMPLES, 'repo');

/** The atoms of the example's world file. */
export const EXAMPLE_WORLD: readonly string[] = (await readFile(join(EXAMPLES, 'world'), 'utf8')).trim().split('\n');

/** What is different from an empty prefix with the example repository and its world file. */
export type PlannerWorld = {
  readonly world?: readonly string[];
  /** Further settings of make.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether the packages of the example's world are installed. */
  readonly isInstalled?: boolean;
  /** The one line of package.accept_keywords. */
  readonly keywords?: string;
  /** Ebuilds of a repository of its own instead of the example's: what follows KEYWORDS, by package and version. */
  readonly repo?: Readonly<Record<string, string>>;
  readonly hasNoProfile?: boolean;
  /** A last line of make.conf, right or wrong. */
  readonly makeConf?: string;
};

/** Real Portage prefixes for one test file; `prepare` goes before all its tests, `discard` after them. */
export function makePlannerWorlds() {
  let template = '';
  return {
    /** Has every ebuild read once: copying that cache saves each test a second and a half. */
    prepare: async (): Promise<void> => {
      template = await mkdtemp(join(tmpdir(), 'planner-template-'));
      const prefix = await createPrefix({ dir: template, host: virtualenvHost(), repoDir: REPO });
      await regenerate(prefixEnv(prefix));
    },
    /** A prefix that is thrown away when the test ends. */
    setup: async (world: PlannerWorld = {}): Promise<PlannerHost> => {
      const home = await mkdtemp(join(tmpdir(), 'planner-'));
      onTestFinished(() => rm(home, { recursive: true, force: true }));
      return makeWorld(home, template, world);
    },
    discard: (): Promise<void> => rm(template, { recursive: true, force: true }),
  };
}

function virtualenvHost(): PortageHost {
  const directory = process.env['BUILD_SWARM_PORTAGE'];
  if (!directory)
    throw new Error('BUILD_SWARM_PORTAGE has to name a virtual environment with Portage (npm test does it)');
  const binDir = join(directory, 'bin');
  return { kind: 'virtualenv', python: join(binDir, 'python'), binDir, version: 'any' };
}

async function regenerate(env: Record<string, string>): Promise<void> {
  const said: string[] = [];
  const { exitCode } = await runProcess({
    command: join(virtualenvHost().binDir, 'emerge'),
    args: ['--regen'],
    env,
    onLine: (line) => void said.push(line),
  });
  if (exitCode !== 0) throw new Error(`emerge --regen ended with status ${exitCode}: ${said.join('\n')}`);
}

async function makeWorld(home: string, template: string, world: PlannerWorld): Promise<PlannerHost> {
  const dir = join(home, 'prefix');
  const prefix = await createPrefix({
    dir,
    host: virtualenvHost(),
    repoDir: world.repo === undefined ? REPO : await makeRepository(join(home, 'repo'), world.repo),
    world: world.world ?? EXAMPLE_WORLD,
    settings: world.settings ?? {},
  });
  const cache = 'var/cache/edb/dep';
  await cp(join(template, cache), join(dir, cache), { recursive: true, preserveTimestamps: true });
  if (world.isInstalled === true) await installWorld(dir);
  await configure(join(dir, 'etc/portage'), world);
  return { python: virtualenvHost().python, env: prefixEnv(prefix) };
}

async function configure(dir: string, { keywords, makeConf, hasNoProfile }: PlannerWorld): Promise<void> {
  if (keywords !== undefined) await write(join(dir, 'package.accept_keywords'), keywords);
  if (makeConf !== undefined) await appendFile(join(dir, 'make.conf'), `${makeConf}\n`);
  if (hasNoProfile === true) await rm(join(dir, 'make.profile'));
}

/** The example's profile with ebuilds of our own. */
async function makeRepository(dir: string, ebuilds: Readonly<Record<string, string>>): Promise<string> {
  for (const folder of ['metadata', 'profiles']) await cp(join(REPO, folder), join(dir, folder), { recursive: true });
  await rm(join(dir, 'profiles/base/packages'));
  for (const [name, text] of Object.entries(ebuilds)) {
    const header = 'EAPI=8\nDESCRIPTION="test"\nSLOT="0"\nKEYWORDS="amd64"\n';
    const [category, file = ''] = name.split('/');
    await write(join(dir, `${category}`, file.replace(/-\d+$/, ''), `${file}.ebuild`), header + text);
  }
  return dir;
}

const INSTALLED_KEYS = [
  ...['BDEPEND', 'DEPEND', 'RDEPEND', 'PDEPEND', 'IDEPEND', 'EAPI', 'KEYWORDS', 'LICENSE', 'USE', 'IUSE'],
  ...['DEFINED_PHASES', 'BUILD_TIME'],
];

/** Fills the package database with the metadata that real builds of the example's world gave. */
async function installWorld(dir: string): Promise<void> {
  const { packages } = parsePackagesIndex(fixtureText('binhost/Packages'));
  for (const block of packages) await install(join(dir, 'var/db/pkg', block['CPV'] ?? ''), block);
}

async function install(directory: string, block: Block): Promise<void> {
  const [category = '', pf = ''] = (block['CPV'] ?? '').split('/');
  const files = { CATEGORY: category, PF: pf, SLOT: block['SLOT'] ?? '0', repository: 'swarmtest', COUNTER: '1' };
  for (const [name, text] of Object.entries(files)) await write(join(directory, name), text);
  for (const key of INSTALLED_KEYS) if (block[key] !== undefined) await write(join(directory, key), block[key]);
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${text}\n`);
}
