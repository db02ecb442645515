import { chmod, chown, cp, lstat, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { SwarmError } from '../core/errors.ts';
import { makeDirectory } from '../platform/make-directory.ts';
import { findProgram } from '../platform/programs.ts';
import type { PortageHost } from './host.ts';
import { binreposConf, makeConf, type PackageEnvironment, packageEnvFiles, reposConf } from './prefix-settings.ts';

/** One Portage configuration and the root it installs into; `dir` is `''` for the system itself. */
export type PortagePrefix = { readonly dir: string; readonly host: PortageHost };

/** What a new prefix is made from. */
export type PrefixRequest = {
  /**
   * Absolute path, made if absent. Portage rewrites the builder's path inside every binary to that of
   * the client, and a longer one overwrites the bytes behind it without a word: give builders and
   * clients paths of equal length.
   */
  readonly dir: string;
  readonly host: PortageHost;
  /** The main ebuild repository, read only. */
  readonly repoDir: string;
  /** A directory below `profiles/` of the repository; `base` unless told. */
  readonly profile?: string;
  /** Where `--getbinpkg` looks; none unless told. */
  readonly binhostUrl?: string;
  /** Atoms of `@world`; the world file of an older prefix stays as it is when absent. */
  readonly world?: readonly string[];
  /** Settings for single packages: `{ 'app-misc/jq': { FEATURES: 'test' } }`. */
  readonly packageEnv?: PackageEnvironment;
  /** Further lines of make.conf; they win over ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Compilers that one build may run at a time (MAKEOPTS); 1 unless told. */
  readonly jobs?: number;
};

/**
 * Makes, or brings up to date, a Portage prefix: a directory that Portage takes for the root of its
 * system, with its own settings, package database, caches and logs. Any number can live side by side.
 * Its owner needs no root. What is installed in an existing one stays.
 *
 * Throws `BAD_SETTING` for a path Portage cannot use, `DIRECTORY_UNUSABLE` when it cannot be written,
 * `PORTAGE_MISSING` when the host is not a whole virtual environment and `SETUP_NEEDED` for a user without a name.
 */
export async function createPrefix(request: PrefixRequest): Promise<PortagePrefix> {
  assertUsablePath(request.dir);
  assertUsablePath(request.repoDir);
  const prefix: PortagePrefix = { dir: request.dir, host: request.host };
  assertNamedUser();
  await makeDirectories(prefix.dir);
  await copyDefaults(prefix);
  await linkGnuTar(prefix.dir);
  await linkProfile(prefix.dir, join(request.repoDir, 'profiles', request.profile ?? 'base'));
  await writeSettings(request);
  return prefix;
}

/**
 * Empties the root of a prefix: the installed files, the package database and half-made builds go,
 * while settings, caches, packages, logs and the world file stay. Throws `BAD_SETTING` for the system.
 */
export async function resetPrefix(prefix: PortagePrefix): Promise<void> {
  if (isSystem(prefix)) throw new SwarmError('BAD_SETTING', 'the system itself cannot be reset, only a prefix can');
  const { dir } = prefix;
  await removeAllBut(dir, ['etc', 'share', 'var']);
  await removeAllBut(join(dir, 'etc'), ['portage']);
  await removeAllBut(join(dir, 'var', 'lib', 'portage'), ['world', 'world_sets']);
  await removeAllBut(join(dir, 'var', 'tmp'), []);
  await removeAllBut(join(dir, 'var', 'db', 'pkg'), []);
}

/** Whether `prefix` stands for the running system, whose configuration is not ours. */
export function isSystem(prefix: PortagePrefix): boolean {
  return prefix.dir === '' || prefix.dir === '/';
}

/** The path of one of Portage's commands (`emerge`, `portageq`, `quickpkg` …) on the prefix's host. */
export function portageCommand(prefix: PortagePrefix, name: string): string {
  return join(prefix.host.binDir, name);
}

/**
 * The whole environment for Portage's commands in `prefix`. Of the caller's own only the way to
 * programs, home and proxies is kept, so that a stray USE or FEATURES in a shell changes no build.
 */
export function prefixEnv(prefix: PortagePrefix, caller: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return {
    ...kept(caller),
    PATH: searchPath(prefix, caller),
    LC_ALL: 'C.UTF-8',
    NO_COLOR: '1',
    // Without it the order of a merge list differs from run to run.
    PYTHONHASHSEED: '0',
    ...(isSystem(prefix) ? {} : overrides(prefix.dir)),
  };
}

/** Characters that Portage, bash or the configuration parsers would read as something else. */
const UNUSABLE_PATH = /[\s"'`$\\%:;,#&|<>(){}*?[\]~!]/;

function assertUsablePath(dir: string): void {
  if (isAbsolute(dir) && dir !== '/' && !UNUSABLE_PATH.test(dir)) return;
  throw new SwarmError(
    'BAD_SETTING',
    `${JSON.stringify(dir)} cannot be used by Portage: give an absolute path without blanks, quotes or shell characters`,
  );
}

/** Portage looks its user up by name, and without one tries to give files to root. */
function assertNamedUser(): void {
  try {
    userInfo();
  } catch (cause) {
    const message = `the user with the id ${process.getuid?.()} has no name (no entry in /etc/passwd): Portage needs one`;
    throw new SwarmError('SETUP_NEEDED', message, { cause });
  }
}

const DIRECTORIES = [
  'etc/portage/env',
  'share/build-swarm/bin',
  'var/db/pkg',
  'var/lib/portage',
  'var/log/portage',
  'var/tmp',
  'var/cache/distfiles',
  'var/cache/binpkgs',
];

async function makeDirectories(dir: string): Promise<void> {
  try {
    for (const name of DIRECTORIES) await makeDirectory(join(dir, name));
    // An ordinary user's Portage works as the owner and group of this directory, unless all may write to it.
    await chmod(dir, 0o755);
    await chown(dir, process.getuid?.() ?? -1, process.getgid?.() ?? -1);
  } catch (cause) {
    throw new SwarmError('DIRECTORY_UNUSABLE', `the Portage prefix ${dir} cannot be made: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Portage looks for make.globals and the sets below EPREFIX; without them it ends with a KeyError. */
async function copyDefaults({ dir, host }: PortagePrefix): Promise<void> {
  if (host.kind === 'system') return;
  const source = join(host.binDir, '..', 'share', 'portage');
  const shippedRepos = join('config', 'repos.conf');
  try {
    await cp(source, join(dir, 'share', 'portage'), {
      recursive: true,
      filter: (path) => path !== join(source, shippedRepos),
    });
  } catch (cause) {
    throw new SwarmError('PORTAGE_MISSING', `${source} is not Portage's own configuration: ${messageOf(cause)}`, {
      cause,
    });
  }
  // The shipped one names the [gentoo] repository, which is not there.
  await writeFile(join(dir, 'share', 'portage', shippedRepos), '');
}

/** Portage calls GNU tar `gtar`, a name that only some distributions have. */
async function linkGnuTar(dir: string): Promise<void> {
  const tar = (await findProgram('gtar')) ?? (await findProgram('tar'));
  if (tar !== undefined) await link(tar, join(dir, 'share', 'build-swarm', 'bin', 'gtar'));
}

async function linkProfile(dir: string, profileDir: string): Promise<void> {
  if ((await lstat(profileDir).catch(() => undefined)) === undefined) {
    throw new SwarmError('BAD_SETTING', `there is no profile ${profileDir}`);
  }
  await link(profileDir, join(dir, 'etc', 'portage', 'make.profile'));
}

async function link(target: string, path: string): Promise<void> {
  if ((await readlink(path).catch(() => undefined)) === target) return;
  await rm(path, { force: true });
  await symlink(target, path);
}

async function writeSettings(request: PrefixRequest): Promise<void> {
  const config = join(request.dir, 'etc', 'portage');
  await removeAllBut(join(config, 'env'), []);
  const files: Record<string, string> = {
    'make.conf': makeConf(request),
    'repos.conf': reposConf(await repositoryName(request.repoDir), request.repoDir),
    ...packageEnvFiles(request.packageEnv ?? {}),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(config, name), text);
  if (request.binhostUrl === undefined) await rm(join(config, 'binrepos.conf'), { force: true });
  else await writeFile(join(config, 'binrepos.conf'), binreposConf(request.binhostUrl));
  if (request.world === undefined) return;
  // Sorted, as Portage itself writes it.
  const atoms = [...request.world].sort().map((atom) => `${atom}\n`);
  await writeFile(join(request.dir, 'var', 'lib', 'portage', 'world'), atoms.join(''));
}

async function repositoryName(repoDir: string): Promise<string> {
  const path = join(repoDir, 'profiles', 'repo_name');
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new SwarmError('BAD_SETTING', `${repoDir} is not an ebuild repository: ${messageOf(cause)}`, { cause });
  }
}

/** Removes what lies in `dir`, apart from the names in `keep`; an absent directory is empty. */
async function removeAllBut(dir: string, keep: readonly string[]): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  for (const name of names) {
    if (!keep.includes(name)) await rm(join(dir, name), { recursive: true, force: true });
  }
}

function kept(caller: NodeJS.ProcessEnv): Record<string, string> {
  const names = Object.keys(caller).filter((name) => name === 'HOME' || /^(https?|ftp|no)_proxy$/i.test(name));
  return Object.fromEntries(names.map((name) => [name, caller[name] ?? '']));
}

function searchPath({ dir, host }: PortagePrefix, caller: NodeJS.ProcessEnv): string {
  const path = caller['PATH'] ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return host.kind === 'system' ? path : `${join(dir, 'share', 'build-swarm', 'bin')}:${path}`;
}

function overrides(dir: string): Record<string, string> {
  const paths = { PORTAGE_OVERRIDE_EPREFIX: dir, PORTAGE_CONFIGROOT: dir };
  // As root Portage drops to a user `portage` that other distributions lack. Its helpers read only the
  // environment. An ordinary user must set neither: Portage then takes the owner of the prefix.
  return process.getuid?.() === 0 ? { ...paths, PORTAGE_USERNAME: 'root', PORTAGE_GRPNAME: 'root' } : paths;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
