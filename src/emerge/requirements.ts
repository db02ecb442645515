import { access } from 'node:fs/promises';
import { runProcess } from '../platform/process.ts';
import { findProgram } from '../platform/programs.ts';
import type { Distribution } from './distribution.ts';

/** A program that real emerge needs, why, and which packages bring it. */
export type Requirement = {
  readonly program: string;
  readonly why: string;
  readonly packages: Readonly<Record<Distribution, readonly string[]>>;
  /** Whether the host has it; unless told, whether the program is on PATH. */
  readonly isThere?: () => Promise<boolean>;
};

/**
 * The requirements that this host does not fulfil, in the order of the list. Looks at PATH and asks a few
 * programs for their version; changes nothing.
 */
export async function missingPrograms(requirements: readonly Requirement[] = REQUIREMENTS): Promise<Requirement[]> {
  const found = await Promise.all(requirements.map(isFulfilled));
  return requirements.filter((_, index) => found[index] !== true);
}

async function isFulfilled({ program, isThere }: Requirement): Promise<boolean> {
  return isThere === undefined ? (await findProgram(program)) !== undefined : isThere();
}

/** The first Python (3.9 or later) that can make virtual environments, if there is one. */
export async function findPython(): Promise<string | undefined> {
  const names = ['/usr/bin/python3', 'python3', ...[14, 13, 12, 11, 10, 9].map((minor) => `python3.${minor}`)];
  for (const name of names) {
    const path = name.startsWith('/') ? await existing(name) : await findProgram(name);
    const python = path === undefined ? undefined : await usablePython(path);
    if (python !== undefined) return python;
  }
  return undefined;
}

/** Prints where it really is: what is on PATH may be a wrapper that chooses by directory or version file. */
const ASK_PYTHON = `
import sys, venv, ensurepip
if sys.version_info < (3, 9): sys.exit(1)
print(sys.executable)
`;

async function usablePython(path: string): Promise<string | undefined> {
  const [printed, exitCode] = await outputOf(path, ['-I', '-c', ASK_PYTHON]);
  return exitCode === 0 ? printed.trim() : undefined;
}

async function existing(path: string): Promise<string | undefined> {
  return access(path).then(
    () => path,
    () => undefined,
  );
}

async function isGnu(...names: string[]): Promise<boolean> {
  for (const name of names) {
    const path = await findProgram(name);
    if (path !== undefined && (await outputOf(path, ['--version']))[0].includes('GNU')) return true;
  }
  return false;
}

async function hasBash5(): Promise<boolean> {
  const path = await findProgram('bash');
  if (path === undefined) return false;
  const [printed] = await outputOf(path, ['-c', 'echo "$BASH_VERSINFO"']);
  return Number(printed) >= 5;
}

async function outputOf(command: string, args: readonly string[]): Promise<[printed: string, exitCode: number | null]> {
  const lines: string[] = [];
  try {
    const { exitCode } = await runProcess({
      command,
      args,
      onLine: (line) => void lines.push(line),
      timeoutMs: 30_000,
    });
    return [lines.join('\n'), exitCode];
  } catch {
    return ['', null];
  }
}

function everywhere(name: string, gentoo: string): Requirement['packages'] {
  return packages([name], [name], [name], [name], [name], [gentoo]);
}

function packages(...names: [string[], string[], string[], string[], string[], string[]]): Requirement['packages'] {
  const [debian, fedora, arch, alpine, suse, gentoo] = names;
  return { debian, fedora, arch, alpine, suse, gentoo };
}

/** What emerge needs beside Python and a shell's usual company, found by running it on a bare host. */
export const REQUIREMENTS: readonly Requirement[] = [
  {
    program: 'python3',
    why: 'Portage is written in Python and lives in a virtual environment of its own',
    packages: packages(['python3-venv'], ['python3'], ['python'], ['python3'], ['python3'], ['dev-lang/python']),
    isThere: async () => (await findPython()) !== undefined,
  },
  {
    program: 'bash',
    why: 'ebuilds of EAPI 8 are written for bash 5 or later',
    packages: everywhere('bash', 'app-shells/bash'),
    isThere: hasBash5,
  },
  {
    program: 'gcc',
    why: 'compiles the packages',
    packages: packages(['gcc', 'libc6-dev'], ['gcc'], ['gcc'], ['gcc', 'musl-dev'], ['gcc'], ['sys-devel/gcc']),
  },
  { program: 'make', why: 'builds the packages', packages: everywhere('make', 'dev-build/make') },
  { program: 'patch', why: 'applies the patches of ebuilds', packages: everywhere('patch', 'sys-devel/patch') },
  { program: 'file', why: 'tells what kind of file was built', packages: everywhere('file', 'sys-apps/file') },
  {
    program: 'wget',
    why: 'fetches sources and binary packages',
    packages: everywhere('wget', 'net-misc/wget'),
  },
  { program: 'zstd', why: 'packs binary packages', packages: everywhere('zstd', 'app-arch/zstd') },
  {
    program: 'scanelf',
    why: 'finds the libraries a package needs; without it packages are wrong, and emerge says nothing',
    packages: packages(['pax-utils'], ['pax-utils'], ['pax-utils'], ['scanelf'], ['pax-utils'], ['app-misc/pax-utils']),
  },
  {
    program: 'tar',
    why: 'unpacks sources; it must be GNU tar, which Portage calls gtar',
    packages: everywhere('tar', 'app-arch/tar'),
    isThere: () => isGnu('gtar', 'tar'),
  },
  {
    program: 'xz',
    why: 'unpacks sources',
    packages: packages(['xz-utils'], ['xz'], ['xz'], ['xz'], ['xz'], ['app-arch/xz-utils']),
  },
  { program: 'bzip2', why: 'packs the environment of a package', packages: everywhere('bzip2', 'app-arch/bzip2') },
  {
    program: 'find',
    why: 'walks the files of a package; it must be GNU find',
    packages: everywhere('findutils', 'sys-apps/findutils'),
    isThere: () => isGnu('find'),
  },
  {
    program: 'sed',
    why: 'edits files in ebuilds; it must be GNU sed',
    packages: everywhere('sed', 'sys-apps/sed'),
    isThere: () => isGnu('sed'),
  },
];
