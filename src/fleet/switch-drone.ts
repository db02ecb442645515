import type { RemoteHost } from '../app/provision-ports.ts';
import { SwarmError } from '../core/errors.ts';
import { type LogInNeeds, runOnHost } from './log-in.ts';
import { isDone, runScript, valuesIn } from './remote-script.ts';
import { SWITCH_SCRIPT } from './scripts/switch.ts';

export type Version = 'v2' | 'v3';

/** A drone and where it is to go. */
export type SwitchWish = {
  readonly host: RemoteHost;
  /** Of the control plane. */
  readonly url: string;
  readonly version: Version;
};

export type SwitchNeeds = LogInNeeds & {
  /** Resolves with true once the other control plane has heard of it, with false when it did not in time. */
  readonly isHeardOf: (signal: AbortSignal) => Promise<boolean>;
};

/** What became of it. `line` is the line of its settings that says where it goes now. */
export type Switched =
  | { readonly kind: 'switched' | 'unchanged'; readonly line: string }
  | { readonly kind: 'rolled-back'; readonly line: string; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string };

const LIMIT_MS = 60_000;

/**
 * Points a drone at another control plane, and back if that does not hear of it. What fails is told, not thrown.
 */
export async function switchDrone(needs: SwitchNeeds, wish: SwitchWish, signal: AbortSignal): Promise<Switched> {
  try {
    const values = await applied(needs, wish, signal);
    const isNew = values.get('changed') === 'yes';
    const line = values.get('line') ?? '';
    const problem = await problemOf(needs, values, signal);
    if (problem === undefined) {
      await act(needs, wish, 'keep', signal);
      return { kind: isNew ? 'switched' : 'unchanged', line };
    }
    // Of a run that was cut off the old settings are there, too.
    if (values.get('pending') !== 'yes') return { kind: 'failed', error: `${problem}; it pointed there before` };
    return await rollBack(needs, wish, problem);
  } catch (error) {
    return { kind: 'failed', error: error instanceof Error ? error.message : String(error) };
  }
}

async function applied(needs: SwitchNeeds, { host, url, version }: SwitchWish, signal: AbortSignal) {
  const script = { text: SWITCH_SCRIPT, args: ['apply', url, version], isRootsWork: true };
  const run = await runOnHost(needs, host, script, { signal, timeoutMs: LIMIT_MS });
  const values = valuesIn(run.stdout);
  if (isDone(run)) return values;
  throw new SwarmError('SSH_FAILED', values.get('error') ?? run.stderr.at(-1) ?? 'the settings were not changed');
}

async function problemOf({ isHeardOf }: SwitchNeeds, values: ReadonlyMap<string, string>, signal: AbortSignal) {
  if (values.get('restarted') !== 'yes') return 'its service does not start';
  try {
    return (await isHeardOf(signal)) ? undefined : 'the control plane there did not hear of it in time';
  } catch (error) {
    // Ctrl-C, say: nothing is left half switched.
    return error instanceof Error ? error.message : String(error);
  }
}

async function rollBack(needs: SwitchNeeds, wish: SwitchWish, problem: string): Promise<Switched> {
  const values = await act(needs, wish, 'restore', AbortSignal.timeout(LIMIT_MS));
  const line = values?.get('line');
  if (line === undefined)
    return {
      kind: 'failed',
      error: `${problem}, and it cannot be switched back: ${values?.get('error') ?? 'it is not reached'}`,
    };
  const service = values?.get('restarted') === 'yes' ? '' : ', but its service does not start';
  return { kind: 'rolled-back', line, error: `${problem}${service}` };
}

async function act(needs: SwitchNeeds, { host }: SwitchWish, action: 'restore' | 'keep', signal: AbortSignal) {
  const script = { text: SWITCH_SCRIPT, args: [action], isRootsWork: true };
  const run = await runScript(needs.shell, host, script, { signal, timeoutMs: LIMIT_MS });
  return run.end.kind === 'exited' && run.end.exitCode !== 255 ? valuesIn(run.stdout) : undefined;
}
