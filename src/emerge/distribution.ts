import { readFile } from 'node:fs/promises';

/** The families of distributions whose package manager we know. */
export type Distribution = 'debian' | 'fedora' | 'arch' | 'alpine' | 'suse' | 'gentoo';

/** The family of the running system, from os-release; undefined for one we do not know. */
export async function readDistribution(path = '/etc/os-release'): Promise<Distribution | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const words = `${field(text, 'ID')} ${field(text, 'ID_LIKE')}`.toLowerCase().split(/\s+/);
  return words.map((word) => FAMILIES[word]).find((family) => family !== undefined);
}

/** The command that installs `packages`, as an argument list without `sudo`. */
export function installCommand(distribution: Distribution, packages: readonly string[]): string[] {
  return [...COMMANDS[distribution], ...packages];
}

const COMMANDS: Readonly<Record<Distribution, readonly string[]>> = {
  debian: ['apt-get', 'install', '-y', '--no-install-recommends'],
  fedora: ['dnf', 'install', '-y'],
  arch: ['pacman', '-S', '--needed', '--noconfirm'],
  alpine: ['apk', 'add'],
  suse: ['zypper', '--non-interactive', 'install'],
  gentoo: ['emerge', '--noreplace'],
};

const FAMILIES: Readonly<Record<string, Distribution>> = {
  debian: 'debian',
  ubuntu: 'debian',
  fedora: 'fedora',
  rhel: 'fedora',
  centos: 'fedora',
  arch: 'arch',
  archlinux: 'arch',
  alpine: 'alpine',
  suse: 'suse',
  opensuse: 'suse',
  'opensuse-leap': 'suse',
  'opensuse-tumbleweed': 'suse',
  gentoo: 'gentoo',
};

function field(osRelease: string, name: string): string {
  const value = new RegExp(`^${name}=(.*)$`, 'm').exec(osRelease)?.[1] ?? '';
  return value.trim().replace(/^(["'])(.*)\1$/, '$2');
}
