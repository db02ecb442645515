import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Ran, run } from '../../src/testing/provisioning-world.ts';

export const IMAGE = fileURLToPath(new URL('../../drone-image/', import.meta.url));

type Check = {
  id: string;
  number: number;
  status: string;
  found: string;
  expected: string;
  advice: string | null;
  details: string[];
};
export type Report = { verdict: string; host: string; drone: string | null; spec_version: number; checks: Check[] };

/** The system of a drone below a directory. */
export type ComplyImage = {
  readonly dir: string;
  write(path: string, text: string, mode?: number): Promise<void>;
  remove(path: string): Promise<void>;
  /** The packages of the database are directories. */
  installed(...packages: string[]): Promise<void>;
  comply(...options: string[]): Promise<Ran>;
  report(...options: string[]): Promise<Report>;
};

/** The system of a drone that is as the spec says. */
export async function complyImage(): Promise<ComplyImage> {
  const dir = await mkdtemp(join(tmpdir(), 'comply-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const comply = (...options: string[]) => run('sh', [join(IMAGE, 'comply.sh'), '--root', dir, ...options]);
  const image: ComplyImage = {
    dir,
    write: async (path, text, mode = 0o644) => {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
      await chmod(join(dir, path), mode);
    },
    remove: (path) => rm(join(dir, path), { recursive: true, force: true }),
    installed: async (...packages) => {
      for (const one of packages) await mkdir(join(dir, 'var/db/pkg', one), { recursive: true });
    },
    comply,
    report: async (...options) => JSON.parse((await comply('--json', ...options)).stdout) as Report,
  };
  const spec = JSON.parse(await readFile(join(IMAGE, 'drone.spec'), 'utf8')) as Record<string, string[]>;
  for (const one of spec['required_commands'] ?? []) await image.write(`usr/bin/${one}`, '#!/bin/sh\n', 0o755);
  for (const one of spec['required_dirs'] ?? []) await mkdir(join(dir, one), { recursive: true });
  for (const one of spec['required_files'] ?? []) await image.write(one, '');
  await mkdir(join(dir, 'etc/runlevels/default'), { recursive: true });
  for (const one of spec['required_services'] ?? []) {
    await image.write(`etc/init.d/${one}`, '#!/sbin/openrc-run\n', 0o755);
    await symlink(`/etc/init.d/${one}`, join(dir, 'etc/runlevels/default', one));
  }
  await image.write('etc/build-swarm/drone.conf', 'GATEWAY_URL="http://10.0.0.5:8100"\nNODE_NAME="anvil"\n');
  await image.write('etc/build-swarm/drone.spec', JSON.stringify(spec));
  await image.write('etc/hostname', 'gentoo-1\n');
  await image.write('sbin/openrc-run', '', 0o755);
  await image.write('etc/portage/make.conf', await readFile(join(IMAGE, 'make.conf.drone'), 'utf8'));
  await mkdir(join(dir, 'var/db/repos/gentoo/profiles/default/linux/amd64/23.0'), { recursive: true });
  const profile = '../../var/db/repos/gentoo/profiles/default/linux/amd64/23.0';
  await symlink(profile, join(dir, 'etc/portage/make.profile'));
  await image.write('var/db/repos/gentoo/metadata/timestamp.chk', `${new Date().toUTCString()}\n`);
  await image.write('var/lib/portage/world', `${(spec['world_packages'] ?? []).join('\n')}\n`);
  await image.installed('sys-devel/gcc-14.2.1', 'dev-lang/python-3.12.8', 'app-emulation/qemu-guest-agent-9.1');
  return image;
}
