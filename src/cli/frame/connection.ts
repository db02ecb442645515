import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { SwarmError } from '../../core/errors.ts';
import { discoverControlPlane } from '../../platform/discover.ts';
import { ADMIN_TOKEN_FILE } from '../../platform/paths.ts';
import { httpUrl } from '../../settings/kinds.ts';
import { assertUsable, resolveSettings } from '../../settings/resolve.ts';

/** How a command was told to reach the control plane. */
export type ConnectionFlags = {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly data?: string | undefined;
};

/** Where the control plane is, and what to show it. */
export type Connection = {
  readonly baseUrl: string;
  readonly token?: string;
  /** How it was found, where nobody named it and it is not on this machine. */
  readonly foundBy?: 'known host' | 'DNS-SD';
};

/**
 * Flag before environment before configuration file; else it is looked for. Without a token, that of the first admin,
 * if the control plane is on this machine and the user may read it; it is never sent to another one. Who only
 * announced himself gets no token but one of the command line.
 * @throws SwarmError BAD_SETTING
 */
export async function findConnection(flags: ConnectionFlags, env: NodeJS.ProcessEnv): Promise<Connection> {
  const settings = resolveSettings({ flags: { '--data': flags.data }, env, uid: process.getuid?.() });
  assertUsable(settings, ['client']);
  const { SWARMV3_URL, SWARM_TOKEN, SWARM_DATA_DIR } = settings.values;
  const named = urlOf(flags) ?? SWARMV3_URL;
  const { baseUrl, foundBy } = named === null ? await look(settings.values) : { baseUrl: named };
  const told = flags.token || (foundBy === 'DNS-SD' ? undefined : SWARM_TOKEN);
  const token = told ?? (isThisMachine(baseUrl) ? await adminTokenIn(SWARM_DATA_DIR) : undefined);
  return { baseUrl, ...(token === undefined ? {} : { token }), ...(foundBy === undefined ? {} : { foundBy }) };
}

type Places = Pick<
  ReturnType<typeof resolveSettings>['values'],
  'CONTROL_PLANE_PORT' | 'SWARM_KNOWN_HOSTS' | 'GATEWAY_HOST' | 'SWARM_DNS_SD'
>;

/** Where nobody answers it is this machine's that is missing. */
async function look(places: Places): Promise<Pick<Connection, 'baseUrl' | 'foundBy'>> {
  const { CONTROL_PLANE_PORT: port, SWARM_KNOWN_HOSTS, GATEWAY_HOST, SWARM_DNS_SD } = places;
  const knownHosts = [...SWARM_KNOWN_HOSTS, ...(GATEWAY_HOST === null ? [] : [GATEWAY_HOST])];
  const found = await discoverControlPlane({ port, knownHosts, useDnsSd: SWARM_DNS_SD });
  if (found === undefined || found.by === 'this machine') return { baseUrl: `http://127.0.0.1:${port}` };
  return { baseUrl: found.url, foundBy: found.by };
}

/** Read without the library of schemas: `status` is to start in no time. */
function urlOf({ url }: ConnectionFlags): string | undefined {
  if (url === undefined || url === '') return undefined;
  if (httpUrl.parse(url, '') !== undefined) return url;
  throw new SwarmError('BAD_SETTING', `--url must be ${httpUrl.range}, not ${JSON.stringify(url)}`);
}

/**
 * The token of the first admin, which the control plane left in its data directory.
 * @throws SwarmError BAD_SETTING when there is one that this user may not read
 */
export async function adminTokenIn(directory: string): Promise<string | undefined> {
  const path = join(directory, ADMIN_TOKEN_FILE);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new SwarmError('BAD_SETTING', `${path} cannot be read by this user (${code}): give a token with --token`, {
      cause,
    });
  }
}

/** Whether an address is one of this machine's own. */
function isThisMachine(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || isLoopback(host)) return true;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host));
}

/** Whether only programs on this machine can reach a server that listens on this address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
