import { get } from 'node:http';
import { connect } from 'node:net';
import { runProcess } from './process.ts';
import { findProgram } from './programs.ts';

/** The type under which a control plane is announced by DNS-SD (RFC 6763). */
const SERVICE_TYPE = '_build-swarm._tcp';

/** A control plane that nobody named, and how it was found. */
export type Discovered = {
  /** Without a slash at the end. */
  readonly url: string;
  readonly by: 'this machine' | 'known host' | 'DNS-SD';
};

export type DiscoveryWish = {
  /** Where a control plane listens, on this machine and on known hosts. */
  readonly port: number;
  /** The first of them is preferred. */
  readonly knownHosts: readonly string[];
  /** Whether whoever announces himself on the local network may be taken. */
  readonly useDnsSd: boolean;
};

/** As long as the command line of 3.1 waited for each. */
const HEALTH_MS = 2_000;
const CONNECT_MS = 500;
const BROWSE_MS = 4_000;

/**
 * Looks for a control plane: on this machine, then on the known hosts, then by DNS-SD where avahi's programs are
 * installed. Undefined when none answers. On this machine it is enough that the port is open; every other one has to
 * answer its health question.
 */
export async function discoverControlPlane({
  port,
  knownHosts,
  useDnsSd,
}: DiscoveryWish): Promise<Discovered | undefined> {
  if (await isOpen(port)) return { url: `http://127.0.0.1:${port}`, by: 'this machine' };
  // All at the same time, and yet the first of the list wins.
  const answers = await Promise.all(knownHosts.map(async (host) => answering(`http://${bracketed(host)}:${port}`)));
  const known = answers.find((url) => url !== undefined);
  if (known !== undefined) return { url: known, by: 'known host' };
  if (!useDnsSd) return undefined;
  for (const announced of await browse()) {
    const url = await answering(announced);
    if (url !== undefined) return { url, by: 'DNS-SD' };
  }
  return undefined;
}

/** Whether anything of this machine listens there. */
function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: CONNECT_MS });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

/** The address itself when a control plane answers there. */
function answering(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(`${url}/api/v1/health`, { signal: AbortSignal.timeout(HEALTH_MS) }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? url : undefined);
    });
    request.once('error', () => resolve(undefined));
  });
}

/** An IPv6 address stands in brackets in a URL. */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The addresses that are announced on the local network; none where avahi is not there. */
async function browse(): Promise<string[]> {
  const command = await findProgram('avahi-browse');
  if (command === undefined) return [];
  const lines: string[] = [];
  await runProcess({
    command,
    args: ['--resolve', '--parsable', '--terminate', '--no-db-lookup', SERVICE_TYPE],
    timeoutMs: BROWSE_MS,
    onLine: (line, stream) => {
      if (stream === 'stdout') lines.push(line);
    },
  }).catch(() => {});
  return announcedIn(lines);
}

/**
 * The addresses in the output of `avahi-browse --parsable --resolve`: fields with semicolons between them, of which
 * the eighth and ninth are address and port. IPv4 first; link-local IPv6 addresses are left out, since a URL cannot
 * say on which interface they are.
 */
export function announcedIn(lines: readonly string[]): string[] {
  const found = lines.flatMap((line) => {
    const [sign, , protocol, , , , , address = '', port = ''] = line.split(';');
    if (sign !== '=' || !/^\d+$/.test(port) || /^fe80:/i.test(address)) return [];
    return [{ url: `http://${bracketed(address)}:${port}`, isOld: protocol === 'IPv4' }];
  });
  const ordered = [...found.filter(({ isOld }) => isOld), ...found.filter(({ isOld }) => !isOld)];
  return [...new Set(ordered.map(({ url }) => url))];
}
