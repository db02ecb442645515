import type { HostKeys } from '../app/host-key-ports.ts';
import type { RemoteHost, RemoteShell } from '../app/provision-ports.ts';
import { SwarmError } from '../core/errors.ts';
import { isDone, type Listening, type RemoteScript, runScript, type ScriptRun, valuesIn } from './remote-script.ts';
import { FACTS_SCRIPT } from './scripts/facts.ts';
import { readRefusal, type SshRefusal } from './ssh-refusal.ts';

/** What a host says of itself. Texts are null where there is nothing. */
export type HostFacts = {
  /** The address that the host sees us by. */
  readonly seenAs: string | null;
  readonly hostName: string;
  /** The id by which its drone registers, once there is one. */
  readonly droneId: string | null;
  readonly droneName: string | null;
  /** The Portage prefix in which its drone builds; null for the system itself. */
  readonly prefix: string | null;
};

/** A question about a key that nobody here knows; true when it may be taken. */
export type AskAboutKey = (host: RemoteHost, key: { fingerprint: string; type: string }) => Promise<boolean>;

export type LogInNeeds = {
  readonly shell: RemoteShell;
  readonly keys: HostKeys;
  /** Fingerprints that somebody has compared already. */
  readonly acceptedKeys: readonly string[];
  /** Undefined where nobody can be asked. */
  readonly askAboutKey: AskAboutKey | undefined;
};

const LIMIT_MS = 60_000;

/**
 * Logs in once, and asks the host for what is to be known before anything is done.
 * @throws SwarmError SSH_FAILED with the reason and what to do
 */
export async function logIn(needs: LogInNeeds, host: RemoteHost, signal: AbortSignal): Promise<HostFacts> {
  const run = await runOnHost(needs, host, { text: FACTS_SCRIPT }, { signal, timeoutMs: LIMIT_MS });
  const facts = valuesIn(run.stdout);
  if (!isDone(run) || facts.get('login') !== 'ok')
    throw new SwarmError(
      'SSH_FAILED',
      `${host.address} lets us in, but runs no script: ${run.stderr.at(-1) ?? 'it says nothing'}`,
    );
  if (facts.get('root') === 'no')
    throw new SwarmError(
      'SSH_FAILED',
      `${host.user} of ${host.address} is not root and has no sudo without a password; log in as root, or allow it`,
    );
  return factsOf(facts);
}

/**
 * Runs a script on a host that may not be known yet. A key that is not known is taken only if its fingerprint was
 * accepted, or when somebody says so now; one that changed never.
 * @throws SwarmError SSH_FAILED where one cannot log in; the script itself must not end with 255, which is ssh's
 */
export async function runOnHost(
  needs: LogInNeeds,
  host: RemoteHost,
  script: RemoteScript,
  listening: Listening,
): Promise<ScriptRun> {
  const first = await runScript(needs.shell, host, script, listening);
  const refusal = refusalOf(host, first);
  if (refusal === undefined) return first;
  if (refusal.kind !== 'unknown-key') throw new SwarmError('SSH_FAILED', refusal.says);
  await takeKey(needs, host, listening.signal);
  const second = await runScript(needs.shell, host, script, listening);
  const still = refusalOf(host, second);
  if (still === undefined) return second;
  const says = still.kind === 'unknown-key' ? `${host.address} shows another key than a moment ago` : still.says;
  throw new SwarmError('SSH_FAILED', says);
}

function refusalOf(host: RemoteHost, { end, stderr }: ScriptRun): SshRefusal | undefined {
  return end.kind === 'exited' && end.exitCode !== 255 ? undefined : readRefusal(host, end, stderr);
}

function factsOf(facts: ReadonlyMap<string, string>): HostFacts {
  const value = (name: string) => facts.get(name) || null;
  // As the agent reckons it: a drone in a prefix never takes the id of the machine for its own.
  const machineId = value('prefix') === null && /^[0-9a-f]{32}$/.test(facts.get('machine_id') ?? '');
  return {
    seenAs: value('client'),
    hostName: (value('host') ?? '').replace(/\..*/, ''),
    droneId: value('drone_id') ?? (machineId ? value('machine_id') : null),
    droneName: value('drone_name'),
    prefix: value('prefix'),
  };
}

async function takeKey(needs: LogInNeeds, host: RemoteHost, signal: AbortSignal): Promise<void> {
  const { keys, acceptedKeys, askAboutKey } = needs;
  const offer = await keys.offerOf(host, signal);
  if (offer === undefined)
    throw new SwarmError('SSH_FAILED', `the host key of ${host.address} is not known here, and cannot be asked for`);
  const { fingerprint, type, accept } = offer;
  const isAccepted = acceptedKeys.includes(fingerprint);
  if (!isAccepted && acceptedKeys.length > 0 && askAboutKey === undefined)
    throw new SwarmError(
      'SSH_FAILED',
      `${host.address} shows the ${type} key ${fingerprint}, which is not what was accepted with --accept-host-key. Nothing was sent there`,
    );
  if (!isAccepted && askAboutKey === undefined) throw new SwarmError('SSH_FAILED', unknownKey(host, offer));
  if (!isAccepted && !(await askAboutKey?.(host, { fingerprint, type })))
    throw new SwarmError('SSH_FAILED', `the key of ${host.address} was not accepted; nothing was sent there`);
  await accept();
}

function unknownKey({ address }: RemoteHost, { type, fingerprint }: { type: string; fingerprint: string }): string {
  return `the host key of ${address} is not known here (${type} ${fingerprint}). Compare it with what the host itself says (ssh-keygen -l -f /etc/ssh/ssh_host_${type.toLowerCase()}_key.pub), then run this again with --accept-host-key ${fingerprint}`;
}
