import type { RemoteHost, RemoteShell } from '../app/provision-ports.ts';
import { SwarmError } from '../core/errors.ts';
import { isDone, runScript } from './remote-script.ts';
import { PRUNE_LIST_SCRIPT, PRUNE_SCRIPT } from './scripts/prune.ts';
import type { Outcome } from './steps.ts';

/** Whether these packages may be removed. */
export type AskAboutPruning = (host: RemoteHost, atoms: readonly string[]) => Promise<boolean>;

type Pruning = {
  readonly host: RemoteHost;
  readonly isDryRun: boolean;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
};

const LIMIT_MS = 2 * 60 * 60 * 1000;
const ATOM = /^=[A-Za-z0-9+_.-]+\/[A-Za-z0-9+_.-]+$/;

/**
 * Removes what nothing needs any more, once somebody has seen the list: no more than what is on it.
 * @throws SwarmError SSH_FAILED where emerge refuses, whatever `askAboutPruning` throws
 */
export async function pruneHost(
  { shell, askAboutPruning }: { readonly shell: RemoteShell; readonly askAboutPruning: AskAboutPruning },
  { host, isDryRun, signal, onLine }: Pruning,
): Promise<Outcome> {
  const listening = { signal, timeoutMs: LIMIT_MS };
  const listed = await runScript(shell, host, { text: PRUNE_LIST_SCRIPT, isRootsWork: true }, listening);
  if (!isDone(listed))
    throw new SwarmError('SSH_FAILED', `emerge cannot say what nothing needs: ${last(listed.stderr)}`);
  const atoms = listed.stdout.filter((line) => ATOM.test(line));
  if (atoms.length === 0) return { state: 'unchanged', says: 'nothing to remove' };
  const packages = atoms.length === 1 ? '1 package' : `${atoms.length} packages`;
  if (isDryRun) {
    for (const atom of atoms) onLine(`would remove ${atom}`);
    return { state: 'skipped', says: `would remove ${packages}` };
  }
  if (!(await askAboutPruning(host, atoms))) return { state: 'skipped', says: `${packages} kept` };
  const script = { text: PRUNE_SCRIPT, args: atoms, isRootsWork: true };
  const removed = await runScript(shell, host, script, { ...listening, onLine });
  if (!isDone(removed)) throw new SwarmError('SSH_FAILED', `emerge --depclean failed: ${last(removed.stderr)}`);
  return { state: 'done', says: `${packages} removed`, hasChanged: true };
}

function last(lines: readonly string[]): string {
  return (
    lines
      .findLast((line) => line.trim() !== '')
      ?.trim()
      .slice(0, 300) ?? 'it says nothing'
  );
}
