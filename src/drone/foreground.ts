import { SwarmError } from '../core/errors.ts';
import { openPrefix } from '../emerge/open-prefix.ts';
import type { Logger } from '../platform/logger.ts';
import type { AgentSettings } from './agent-settings.ts';
import { startDrone } from './drone.ts';

export type Foreground = {
  readonly settings: Omit<AgentSettings, 'url' | 'knownHosts' | 'useDnsSd'> & { readonly url: string };
  readonly version: string;
  readonly log: Logger;
  /** Resolves with what asks the drone to stop. */
  readonly stopped: Promise<string>;
};

/**
 * Runs a drone until it is asked to stop; then it hands back what it was building.
 * @throws SwarmError BAD_SETTING without root where no prefix is given, PORTAGE_MISSING, DRONE_STATE_UNUSABLE,
 * CREDENTIAL_REFUSED
 */
export async function runInForeground({ settings, version, log, stopped }: Foreground): Promise<void> {
  const { url, name, id, slots, heartbeatMs, stateDir, token, joinToken } = settings;
  const prefix =
    settings.prefix === undefined
      ? undefined
      : await openPrefix(settings.prefix, { env: process.env, onProgress: (message) => log.info({}, message) });
  if (prefix === undefined) assertRoot();
  const drone = startDrone({
    url,
    name,
    slots,
    heartbeatMs,
    version,
    log,
    ...(id === undefined ? {} : { id }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(stateDir === undefined ? {} : { stateDir }),
    ...(token === undefined ? {} : { token }),
    ...(joinToken === undefined ? {} : { joinToken }),
  });
  const reason = await Promise.race([drone.done, stopped]);
  log.info({ reason }, 'drone asked to stop');
  await drone.stop();
}

function assertRoot(): void {
  if (process.getuid?.() === 0) return;
  const message = "--prefix is not given, so the drone would build with the system's own Portage, which needs root";
  throw new SwarmError('BAD_SETTING', message);
}
