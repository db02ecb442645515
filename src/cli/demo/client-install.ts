import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type PortagePrefix, portageCommand, prefixEnv } from '../../emerge/prefix.ts';
import { runProcess } from '../../platform/process.ts';
import { type EmergeProgress, readEmergeLine } from './emerge-line.ts';
import type { Expectations } from './expectations.ts';

/** What a stock emerge made of the binhost, and what was found in the prefix afterwards. */
export type Installation = {
  readonly exitCode: number | null;
  /** Packages that emerge meant to install. */
  readonly total: number;
  /** Packages that it said are installed. */
  readonly completed: number;
  /** Packages that it built, as it said and as its own package directory shows. */
  readonly compiled: readonly string[];
  /** Packages in the prefix's database. */
  readonly installed: readonly string[];
  /** What the proof program printed, or why it did not run. */
  readonly proof: string;
  readonly lastLines: readonly string[];
};

export type InstallRequest = {
  readonly client: PortagePrefix;
  readonly expectations: Expectations;
  readonly logFile: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: EmergeProgress & { readonly total: number }) => void;
};

const LAST_LINES = 12;

/** Installs `@world` in the client's prefix from the binhost alone, as any user would, and runs what came of it. */
export async function installWorld(request: InstallRequest): Promise<Installation> {
  const { client, expectations } = request;
  const told = await emergeWorld(request);
  const ownPackages = await packageFiles(join(client.dir, 'var', 'cache', 'binpkgs'));
  return {
    ...told,
    compiled: [...new Set([...told.compiled, ...ownPackages])],
    installed: await installedPackages(client),
    proof: await runProof(client, expectations),
  };
}

async function emergeWorld({ client, logFile, signal, onProgress }: InstallRequest) {
  const seen = { total: 0, completed: 0, compiled: [] as string[], lastLines: [] as string[] };
  const { exitCode } = await runProcess({
    command: portageCommand(client, 'emerge'),
    args: ['--getbinpkgonly', `--jobs=${availableParallelism()}`, '@world'],
    env: prefixEnv(client),
    logFile,
    signal,
    guard: { python: client.host.python },
    onLine: (line) => {
      seen.lastLines.splice(0, seen.lastLines.push(line) > LAST_LINES ? 1 : 0);
      const progress = readEmergeLine(line);
      if (progress === undefined) return;
      seen.total = progress.of;
      if (progress.step === 'completed') seen.completed += 1;
      if (progress.step === 'compiling') seen.compiled.push(progress.package);
      onProgress({ ...progress, at: seen.completed, total: seen.total });
    },
  });
  return { exitCode, ...seen };
}

/** Whatever emerge builds itself, it keeps here; what it fetched is elsewhere. */
async function packageFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir, { recursive: true }).catch((): string[] => []);
  return names.filter((name) => /\.(gpkg\.tar|xpak|tbz2)$/.test(name));
}

async function installedPackages({ dir }: PortagePrefix): Promise<string[]> {
  const database = join(dir, 'var', 'db', 'pkg');
  const categories = await readdir(database).catch((): string[] => []);
  const names = await Promise.all(
    categories.map(async (category) => (await readdir(join(database, category))).map((name) => `${category}/${name}`)),
  );
  return names.flat().filter((name) => !name.includes('/-MERGING-'));
}

async function runProof({ dir }: PortagePrefix, { proof }: Expectations): Promise<string> {
  const lines: string[] = [];
  const onLine = (line: string) => void lines.push(line);
  try {
    const { exitCode } = await runProcess({ command: join(dir, proof.program), args: [], onLine, timeoutMs: 10_000 });
    return exitCode === 0 ? lines.join('\n') : `${lines.join('\n')} (status ${exitCode})`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
