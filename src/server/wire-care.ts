import { hostname, networkInterfaces } from 'node:os';
import { openChannels } from '../adapters/notify/channels.ts';
import { makeEscalationStore } from '../adapters/sqlite/escalation-store.ts';
import { makeNotificationStore } from '../adapters/sqlite/notification-store.ts';
import type { SqliteStore } from '../adapters/sqlite/store.ts';
import { createDroneHands } from '../adapters/ssh/drone-hands.ts';
import { createOpenssh } from '../adapters/ssh/openssh.ts';
import { operatorOptions } from '../adapters/ssh/operator-access.ts';
import type { Deps } from '../app/deps.ts';
import { createEscalations } from '../app/escalations.ts';
import { lookAfterDrones } from '../app/look-after-drones.ts';
import { createNotifier } from '../app/notify.ts';
import { watchDisks } from '../app/watch-disks.ts';
import type { HttpLogger } from '../http/app.ts';
import type { EscalationUseCases } from '../http/escalation-routes.ts';
import type { NotificationUseCases } from '../http/notification-routes.ts';
import { diskSpace } from '../platform/disk-space.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { ServiceDefinition } from './services.ts';

/** How drones are reached that do not go on. */
export type CareWays = {
  /** PATH that `ssh` is looked for on; this process's own unless told. */
  readonly path?: string | undefined;
  /** Further options of `ssh`. */
  readonly sshOptions?: readonly string[] | undefined;
  /** What drones take for `/`. */
  readonly root?: string | undefined;
};

type Parts = {
  readonly database: SqliteStore;
  readonly settings: ServerSettings;
  readonly version: string;
  readonly logger: HttpLogger | false;
  readonly care?: CareWays | undefined;
};

/** Room for packages does not vanish within a minute, and looking at it costs next to nothing. */
const DISKS_EVERY_MS = 60_000;

/** What looks after drones that do not go on, and tells people. */
export function wireCare(
  deps: Deps,
  { database, settings, version, logger, care = {} }: Parts,
): {
  readonly escalations: EscalationUseCases;
  readonly notifications: NotificationUseCases;
  readonly services: readonly ServiceDefinition[];
} {
  const { clock } = deps;
  const { connection, write } = database;
  const { escalation, notifications: told, paths } = settings;
  const escalations = makeEscalationStore(connection, write);
  const notifications = makeNotificationStore(connection, write);
  const { path = process.env['PATH'] ?? '', sshOptions = [], root } = care;
  const keysAreChecked = operatorOptions({ configFile: undefined, identityFile: undefined });
  const shell = createOpenssh({ path, options: [...sshOptions, ...keysAreChecked] });
  const lookAfter = lookAfterDrones({
    ...deps,
    escalations,
    hands: createDroneHands({ shell, root }),
    policy: escalation.policy,
    protectedHosts: settings.protectedHosts,
    isHere,
  });
  const notifier = createNotifier({
    ...told,
    notifications,
    channels: openChannels(told, { version, now: () => clock.now() }),
    clock,
    onFailure: (fields, said) => logger && logger.warn(fields, said),
  });
  const { dataDir: data, binhost, staging } = paths;
  const disks = watchDisks({
    ...deps,
    notifications,
    paths: { data, binhost, staging },
    diskSpace,
    limits: told.disks,
  });
  return {
    escalations: { ...createEscalations({ ...deps, escalations }), limit: escalation.policy.limit },
    notifications: { notifier, about: told.about },
    services: [
      ...(escalation.policy.limit === 'off'
        ? []
        : [{ name: 'escalation', periodMs: escalation.periodMs, run: lookAfter }]),
      { name: 'disks', periodMs: DISKS_EVERY_MS, run: disks },
      ...(notifier.channels().length === 0
        ? []
        : [{ name: 'notify', periodMs: told.periodMs, run: (signal: AbortSignal) => notifier.tick(signal) }]),
    ],
  };
}

/** Whether an address is of this machine, by all that we know without asking anybody. */
function isHere(address: string): boolean {
  if (address === 'localhost' || address === hostname() || address.startsWith('127.')) return true;
  return Object.values(networkInterfaces()).some((each) => each?.some((one) => one.address === address));
}
