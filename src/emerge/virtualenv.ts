import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SwarmError } from '../core/errors.ts';
import { withLock } from '../platform/lock.ts';
import { makeDirectory } from '../platform/make-directory.ts';
import { cacheDir } from '../platform/paths.ts';
import { runProcess } from '../platform/process.ts';
import { readDistribution } from './distribution.ts';
import { explainMissing } from './install-programs.ts';
import { findPython, REQUIREMENTS } from './requirements.ts';

export type VirtualenvRequest = {
  /** The directory to use; one in the user's cache directory, named after both versions, unless told. */
  readonly dir?: string | undefined;
  /** The release of Portage, from PyPI. */
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (message: string) => void;
  /** Ends the installation when aborted; what was made so far is thrown away by the next one. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * The path of a virtual environment with just this release of Portage, which is made if it is not there
 * yet. A half-made one is thrown away; two processes that want the same wait for each other. Throws
 * `SETUP_NEEDED` without a suitable Python and `PORTAGE_MISSING` if PyPI does not deliver.
 */
export async function ensureVirtualenv(request: VirtualenvRequest): Promise<string> {
  const python = await findPython();
  if (python === undefined) throw await noPython();
  const dir = request.dir ?? (await defaultDir(python, request));
  if (await isComplete(dir, request.version)) return dir;
  const onWait = () => request.onProgress(`waiting for another process that installs Portage in ${dir}`);
  await withLock(`virtualenv ${dir}`, () => makeUnlessThere(dir, python, request), onWait);
  return dir;
}

async function noPython(): Promise<SwarmError> {
  const missing = REQUIREMENTS.filter(({ program }) => program === 'python3');
  const message = `no Python 3.9 or later that can make virtual environments was found.\n`;
  return new SwarmError('SETUP_NEEDED', message + explainMissing(missing, await readDistribution()));
}

async function defaultDir(python: string, { version, env, onProgress }: VirtualenvRequest): Promise<string> {
  const lines: string[] = [];
  const script = 'import sys; print("%d.%d" % sys.version_info[:2])';
  await run(python, ['-I', '-c', script], { env, onProgress, onLine: (line) => void lines.push(line) });
  return join(cacheDir(env), `portage-${version}-py${lines[0]}`);
}

/** Says whose directory it is, and once all is installed which release: any other content means half-made. */
const MARKER = 'build-swarm-portage';

const yes = () => true;
const no = () => false;

async function isComplete(dir: string, version: string): Promise<boolean> {
  const marker = await readFile(join(dir, MARKER), 'utf8').catch(() => '');
  // The link dangles once the system has moved on to another Python.
  return marker === `${version}\n` && access(join(dir, 'bin', 'python')).then(yes, no);
}

async function makeUnlessThere(dir: string, python: string, request: VirtualenvRequest): Promise<void> {
  // Whoever held the lock before has probably made it.
  if (await isComplete(dir, request.version)) return;
  const { version, onProgress } = request;
  onProgress(`installing Portage ${version} from PyPI into ${dir}: this machine has no Portage of its own`);
  await makeRoom(dir);
  await run(python, ['-I', '-m', 'venv', dir], request);
  const pip = ['-I', '-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--progress-bar', 'off'];
  await run(join(dir, 'bin', 'python'), [...pip, `portage==${version}`], request);
  await writeFile(join(dir, MARKER), `${version}\n`);
  onProgress(`Portage ${version} is installed`);
}

/** Virtual environments cannot be moved, so it is made in its final place, under the lock. */
async function makeRoom(dir: string): Promise<void> {
  const names = await readdir(dir).catch((): string[] => []);
  // What does not bear our marker is somebody's files.
  if (names.length > 0 && !names.includes(MARKER)) {
    throw new SwarmError('DIRECTORY_UNUSABLE', `${dir} holds other files: give an empty or new directory for Portage`);
  }
  try {
    await rm(dir, { recursive: true, force: true });
    await makeDirectory(dir);
    await writeFile(join(dir, MARKER), 'being made\n');
  } catch (cause) {
    throw new SwarmError('DIRECTORY_UNUSABLE', `${dir} cannot be made, which is where Portage would go`, { cause });
  }
}

type RunOptions = Pick<VirtualenvRequest, 'env' | 'onProgress' | 'signal'> & {
  readonly onLine?: (line: string) => void;
};

async function run(command: string, args: readonly string[], { env, onLine, signal }: RunOptions): Promise<void> {
  const tail: string[] = [];
  const { exitCode } = await runProcess({
    command,
    args,
    signal,
    env: Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    onLine: (line) => {
      tail.splice(0, tail.push(line) > 15 ? 1 : 0);
      onLine?.(line);
    },
  });
  if (exitCode === 0) return;
  const said = tail.join('\n');
  throw new SwarmError('PORTAGE_MISSING', `${command} ${args.join(' ')} ended with status ${exitCode}:\n${said}`);
}
