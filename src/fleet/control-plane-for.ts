import type { HostKeys } from '../app/host-key-ports.ts';
import { SwarmError } from '../core/errors.ts';
import type { DeployWish } from './deploy-host.ts';
import type { HostFacts } from './log-in.ts';

type Asked = {
  readonly wish: Pick<DeployWish, 'controlPlaneUrl' | 'ownUrl' | 'host'>;
  readonly facts: Pick<HostFacts, 'seenAs'>;
  readonly signal: AbortSignal;
};

/**
 * The address that goes into the drone's configuration. One that means only this machine is replaced by the address
 * from which the host sees us; where there is another host between, that would be the other one's.
 * @throws SwarmError BAD_SETTING where it has to be told
 */
export async function controlPlaneFor({ keys }: { readonly keys: HostKeys }, { wish, facts, signal }: Asked) {
  const { controlPlaneUrl, ownUrl, host } = wish;
  if (controlPlaneUrl !== null) return controlPlaneUrl;
  const url = new URL(ownUrl);
  if (!isLoopback(url.hostname)) return ownUrl.replace(/\/+$/, '');
  if (facts.seenAs === null || (await keys.isBehindAnother(host, signal)))
    throw new SwarmError(
      'BAD_SETTING',
      `${ownUrl} means this machine only, and what ${host.address} would call it is not known: say it with --cp-url, such as --cp-url http://10.0.0.5:${url.port || 80}`,
    );
  const address = facts.seenAs.includes(':') ? `[${facts.seenAs}]` : facts.seenAs;
  return `${url.protocol}//${address}${url.port === '' ? '' : `:${url.port}`}`;
}

function isLoopback(hostName: string): boolean {
  return hostName === 'localhost' || hostName === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostName);
}
