import { readdir } from 'node:fs/promises';
import { SwarmError } from '../core/errors.ts';
import { runProcess } from '../platform/process.ts';
import { type Distribution, installCommand, readDistribution } from './distribution.ts';
import { missingPrograms, REQUIREMENTS, type Requirement } from './requirements.ts';

export type EnsureRequest = {
  /** Whether installing system packages is allowed at all. It also takes root and a Debian or Ubuntu. */
  readonly mayInstall: boolean;
  readonly onProgress: (message: string) => void;
  /** Ends an installation under way when aborted. */
  readonly signal?: AbortSignal | undefined;
  readonly requirements?: readonly Requirement[];
  readonly distribution?: Distribution | undefined;
};

/**
 * Sees to it that the host has what real emerge needs; does nothing where it has. Root on Debian and
 * Ubuntu gets the missing packages installed, and is told which and why. Anyone else gets `SETUP_NEEDED`
 * with the command to run.
 */
export async function ensurePrograms(request: EnsureRequest): Promise<void> {
  const requirements = request.requirements ?? REQUIREMENTS;
  const missing = await missingPrograms(requirements);
  if (missing.length === 0) return;
  const distribution = 'distribution' in request ? request.distribution : await readDistribution();
  if (!request.mayInstall || distribution !== 'debian' || process.getuid?.() !== 0) {
    throw new SwarmError('SETUP_NEEDED', explainMissing(missing, distribution));
  }
  await aptInstall(missing, request);
  const still = await missingPrograms(requirements);
  if (still.length > 0) throw new SwarmError('SETUP_NEEDED', explainMissing(still, distribution));
}

/** What is missing and why it is needed, one line each, and the command that installs it. */
export function explainMissing(missing: readonly Requirement[], distribution: Distribution | undefined): string {
  const lines = missing.map(({ program, why }) => `  ${program}: ${why}`);
  return ['These programs are missing on this machine:', ...lines, howToInstall(missing, distribution)].join('\n');
}

function howToInstall(missing: readonly Requirement[], distribution: Distribution | undefined): string {
  if (distribution === undefined) return 'Install them with the package manager of this system.';
  const command = installCommand(distribution, packagesOf(missing, distribution)).join(' ');
  return `Install them with:\n  ${process.getuid?.() === 0 ? '' : 'sudo '}${command}`;
}

function packagesOf(missing: readonly Requirement[], distribution: Distribution): string[] {
  return [...new Set(missing.flatMap(({ packages }) => packages[distribution]))];
}

async function aptInstall(missing: readonly Requirement[], request: EnsureRequest): Promise<void> {
  const { onProgress } = request;
  const command = installCommand('debian', packagesOf(missing, 'debian'));
  onProgress(`installing ${packagesOf(missing, 'debian').join(', ')} (${command.join(' ')})`);
  for (const { program, why } of missing) onProgress(`  ${program}: ${why}`);
  if (!(await hasPackageLists())) await apt(['apt-get', 'update'], request);
  if ((await apt(command, request)) === 0) return;
  // Lists that are too old name packages that are no longer there.
  await apt(['apt-get', 'update'], request);
  if ((await apt(command, request)) !== 0) {
    throw new SwarmError('SETUP_NEEDED', `apt-get failed.\n${explainMissing(missing, 'debian')}`);
  }
}

async function hasPackageLists(): Promise<boolean> {
  const names = await readdir('/var/lib/apt/lists').catch(() => []);
  return names.some((name) => /_Packages(\.\w+)?$/.test(name));
}

/** Nobody is there to answer questions. */
const QUIET_APT = { DEBIAN_FRONTEND: 'noninteractive', APT_LISTCHANGES_FRONTEND: 'none', NEEDRESTART_MODE: 'a' };

async function apt([command = '', ...args]: readonly string[], { onProgress, signal }: EnsureRequest) {
  const env = { ...(process.env as Record<string, string>), ...QUIET_APT };
  const tail: string[] = [];
  const onLine = (line: string) => void tail.splice(0, tail.push(line) > 10 ? 1 : 0);
  const { exitCode } = await runProcess({ command, args, env, onLine, signal });
  if (exitCode !== 0) onProgress(`${command} ${args.join(' ')} failed:\n${tail.join('\n')}`);
  return exitCode;
}
