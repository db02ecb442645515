import { setTimeout as pause } from 'node:timers/promises';
import { discoverControlPlane } from '../platform/discover.ts';
import type { Logger } from '../platform/logger.ts';
import type { AgentSettings } from './agent-settings.ts';

/** Where a control plane listens unless told otherwise. */
const PORT = 8100;
const AGAIN_MS = 10_000;

/**
 * The address of the control plane where none was given: looked for until one answers. Undefined when `stop` was
 * aborted before that.
 */
export async function findControlPlane(
  { knownHosts, useDnsSd }: Pick<AgentSettings, 'knownHosts' | 'useDnsSd'>,
  log: Logger,
  stop: AbortSignal,
): Promise<string | undefined> {
  const places = ['this machine', ...knownHosts, ...(useDnsSd ? ['whoever announces itself'] : [])];
  for (let isFirst = true; !stop.aborted; isFirst = false) {
    const found = await discoverControlPlane({ port: PORT, knownHosts, useDnsSd });
    if (found !== undefined) {
      log.info({ url: found.url, by: found.by }, 'control plane found');
      return found.url;
    }
    if (isFirst)
      log.warn({ places, port: PORT }, 'no control plane answers; GATEWAY_URL names one, else it is looked for');
    await pause(AGAIN_MS, undefined, { signal: stop }).catch(() => {});
  }
  return undefined;
}
