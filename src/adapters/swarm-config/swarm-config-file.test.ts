import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runProcess } from '../../platform/process.ts';
import { openSwarmConfig } from './swarm-config-file.ts';

const SAMPLE = {
  nodes: { drones: [{ name: 'drone-a', ip: '192.0.2.21', cores: 8 }] },
  drone_portage_config: {
    package_use: ['*/* -systemd elogind', 'dev-qt/qtbase icu opengl'],
    accept_keywords: ['sys-kernel/installkernel ~amd64'],
    make_conf: { FEATURES: 'buildpkg fail-clean' },
  },
  package_exclusions: {
    reason: 'never build on drones',
    packages: ['sys-kernel/gentoo-sources', 'www-client/chromium'],
  },
  sweeper_packages: { 'sweeper-1': ['dev-lang/rust', 'sys-devel/llvm'] },
};
const EMPTY = { dronePortageConfig: {}, exclusions: [], sweeperPackages: {} };

async function place(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'swarm-config-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return join(dir, 'swarm.json');
}

async function readText(text: string) {
  const path = await place();
  await writeFile(path, text);
  return { path, config: await openSwarmConfig(path).read() };
}

test('the keys that are known are read, the configuration for drones as it is', async () => {
  const { config } = await readText(JSON.stringify(SAMPLE));

  expect(config).toEqual({
    dronePortageConfig: SAMPLE.drone_portage_config,
    exclusions: SAMPLE.package_exclusions.packages,
    sweeperPackages: SAMPLE.sweeper_packages,
    problems: [],
  });
});

test('without a file all is empty and nothing is wrong', async () => {
  expect(await openSwarmConfig(null).read()).toEqual({ ...EMPTY, problems: [] });
});

test.each([
  ['[]', /must hold an object, not a list$/],
  ['null', /must hold an object, not null$/],
  ['{"drone_portage_config": ', /is not JSON: /],
  ['', /is not JSON: /],
  [`${'['.repeat(200_000)}`, /is not JSON: /],
])('a file that holds %.20s is as empty, and that is told', async (text, problem) => {
  const { path, config } = await readText(text);

  expect(config).toEqual({ ...EMPTY, problems: [expect.stringMatching(problem)] });
  expect(config.problems[0]).toContain(path);
});

test('a file that is not there, a directory and a pipe are told', async () => {
  const [absent, directory, pipe] = [await place(), await place(), await place()];
  await mkdir(directory);
  await runProcess({ command: 'mkfifo', args: [pipe] });

  const told = await Promise.all(
    [absent, directory, pipe].map(async (path) => (await openSwarmConfig(path).read()).problems),
  );

  expect(told).toEqual([[`${absent} is not there`], [`${directory} is not a file`], [`${pipe} is not a file`]]);
});

test('what is right counts although something else is wrong', async () => {
  const { path, config } = await readText(
    JSON.stringify({
      drone_portage_config: ['a list'],
      package_exclusions: { packages: ['dev-libs/jq', 7, 'rm -rf'] },
      sweeper_packages: { 'sweeper-1': 'dev-lang/rust', 'sweeper-2': ['=dev-lang/rust-1.90.0'] },
    }),
  );

  expect(config).toEqual({
    dronePortageConfig: {},
    exclusions: ['dev-libs/jq'],
    sweeperPackages: { 'sweeper-1': [], 'sweeper-2': ['=dev-lang/rust-1.90.0'] },
    problems: [
      `${path}: drone_portage_config must be an object, not a list`,
      `${path}: package_exclusions.packages: a number is no package.`,
      expect.stringContaining('"rm -rf" contains blanks'),
      `${path}: sweeper_packages.sweeper-1 must be a list, not a string`,
    ],
  });
});

test('a configuration too deep to be written into an answer is left out', async () => {
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;

  const { path, config } = await readText(`{"drone_portage_config": ${deep}}`);

  expect(config).toEqual({ ...EMPTY, problems: [expect.stringContaining(path)] });
});

test('a change is seen with the next reading, even one that keeps the size and the time', async () => {
  const path = await place();
  const file = openSwarmConfig(path);
  const at = new Date('2026-11-23T12:00:00Z');
  const seen: unknown[] = [];

  for (const use of ['one', 'two']) {
    await writeFile(path, JSON.stringify({ drone_portage_config: { use } }));
    await utimes(path, at, at);
    seen.push((await file.read()).dronePortageConfig);
  }
  await rm(path);
  seen.push((await file.read()).problems);

  expect(seen).toEqual([{ use: 'one' }, { use: 'two' }, [`${path} is not there`]]);
});

test('a file that has not changed is not read again', async () => {
  const { path } = await readText(JSON.stringify(SAMPLE));
  const file = openSwarmConfig(path);

  expect(await file.read()).toBe(await file.read());
});
