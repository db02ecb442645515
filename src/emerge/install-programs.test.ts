import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { installCommand, readDistribution } from './distribution.ts';
import { ensurePrograms, explainMissing } from './install-programs.ts';
import { missingPrograms, REQUIREMENTS, type Requirement } from './requirements.ts';

const ABSENT: Requirement = {
  program: 'no-such-program',
  why: 'nobody knows',
  packages: {
    debian: ['nsp', 'nsp-dev'],
    fedora: ['nsp'],
    arch: ['nsp'],
    alpine: ['nsp'],
    suse: ['nsp'],
    gentoo: ['app-misc/nsp'],
  },
};
const PRESENT: Requirement = { ...ABSENT, program: 'sh' };

async function osRelease(text: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'os-release-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, 'os-release'), text);
  return join(dir, 'os-release');
}

test('only what is not there is missing', async () => {
  expect(await missingPrograms([PRESENT, ABSENT])).toEqual([ABSENT]);
});

test('a program that is there but of no use is missing', async () => {
  const tooOld: Requirement = { ...PRESENT, isThere: () => Promise.resolve(false) };

  expect(await missingPrograms([tooOld, PRESENT])).toEqual([tooOld]);
});

test('nothing is done and nothing is said where nothing is missing', async () => {
  const said: string[] = [];

  await ensurePrograms({ mayInstall: true, onProgress: (line) => said.push(line), requirements: [PRESENT] });

  expect(said).toEqual([]);
});

test.each([
  ['debian', 'apt-get install -y --no-install-recommends nsp nsp-dev'],
  ['fedora', 'dnf install -y nsp'],
  ['arch', 'pacman -S --needed --noconfirm nsp'],
  ['alpine', 'apk add nsp'],
  ['suse', 'zypper --non-interactive install nsp'],
  ['gentoo', 'emerge --noreplace app-misc/nsp'],
] as const)('who may not install on %s gets the exact command and the reasons', async (distribution, command) => {
  const request = { mayInstall: false, onProgress: () => {}, requirements: [ABSENT], distribution };
  const message = expect.stringMatching(new RegExp(`no-such-program: nobody knows\n.*\n  (sudo )?${command}$`));

  await expect(ensurePrograms(request)).rejects.toMatchObject({ code: 'SETUP_NEEDED', message });
});

test('on a distribution we do not know, the programs are named', () => {
  expect(explainMissing([ABSENT], undefined)).toMatch(/no-such-program: nobody knows\nInstall them with the package/);
});

test('every requirement can be installed on every distribution we know, with a reason', () => {
  const without = REQUIREMENTS.filter(
    ({ program, why, packages }) =>
      program === '' || why === '' || Object.values(packages).some((names) => names.length === 0),
  );

  expect(REQUIREMENTS.length).toBeGreaterThan(10);
  expect(without).toEqual([]);
});

test.each([
  ['ID=debian\n', 'debian'],
  ['NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', 'debian'],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'fedora'],
  ["ID='opensuse-tumbleweed'\nID_LIKE='opensuse suse'\n", 'suse'],
  ['ID=manjaro\nID_LIKE=arch\n', 'arch'],
  ['ID=alpine\n', 'alpine'],
  ['ID=gentoo\n', 'gentoo'],
  ['ID=nixos\n', undefined],
])('os-release %j is of the family %s', async (text, family) => {
  expect(await readDistribution(await osRelease(text))).toBe(family);
});

test('a system without os-release is one we do not know', async () => {
  expect(await readDistribution('/no/such/file')).toBeUndefined();
});

test('packages are arguments of the command, never part of a shell line', () => {
  expect(installCommand('alpine', ['a; rm -rf b'])).toEqual(['apk', 'add', 'a; rm -rf b']);
});
