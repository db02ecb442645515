import { join } from 'node:path';
import { openBinhost } from '../adapters/binhost/binhost.ts';
import { openBuildLogs } from '../adapters/binhost/build-logs.ts';
import { createHub } from '../adapters/events/hub.ts';
import type { SqliteStore } from '../adapters/sqlite/store.ts';
import type { Deps } from '../app/deps.ts';
import { createPlans } from '../app/plans.ts';
import type { Clock, Ids } from '../app/ports.ts';
import { createPublisher } from '../app/publish.ts';
import { reconcileSwarm } from '../app/reconcile-swarm.ts';
import { type Recovery, recover } from '../app/recover.ts';
import { createReadying } from '../app/refresh-readiness.ts';
import type { Policy } from '../core/policy.ts';
import { buildHttp, type HttpLogger, type HttpServer } from '../http/app.ts';
import { wireUseCases } from './wire-use-cases.ts';

export type Composition = {
  readonly database: SqliteStore;
  /** Binary packages, uploads and logs. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly policy: Policy;
  readonly version: string;
  readonly reportIp: string | undefined;
  readonly logger: HttpLogger | false;
  /** The port told to agents, known once it is listened on. */
  readonly port: () => number;
};

export type ControlPlane = {
  readonly app: HttpServer;
  /** Requests are answered once this has run. */
  readonly recover: () => Promise<Recovery>;
  /** One tick of the reconciler. */
  readonly reconcile: () => Promise<void>;
};

/** Put the program together; nothing listens and nothing runs by itself yet. */
export async function compose(parts: Composition): Promise<ControlPlane> {
  const { database, dataDir, clock, ids, policy } = parts;
  const binhostDir = join(dataDir, 'binhost');
  const deps: Deps = {
    store: database.store,
    reports: database.reports,
    binhost: await openBinhost({ publicDir: binhostDir, stagingDir: join(dataDir, 'staging') }),
    logs: await openBuildLogs(join(dataDir, 'logs')),
    hub: createHub(),
    clock,
    ids,
    policy,
  };
  const plans = createPlans(deps);
  const publisher = createPublisher({ ...deps, readying: createReadying({ ...deps, plans }) });
  const gate = openable();
  const { version, reportIp, port, logger } = parts;
  const useCases = wireUseCases(deps, { plans, publisher });
  const now = () => clock.now();
  const options = { useCases, version, binhostDir, port, reportIp, startedAt: now(), now, recovered: gate.opened };
  const recoverNow = recover({ ...deps, publisher });
  return {
    app: buildHttp(options, logger),
    recover: async () => {
      const recovery = await recoverNow();
      gate.open();
      return recovery;
    },
    reconcile: reconcileSwarm({ ...deps, publisher }),
  };
}

function openable(): { opened: Promise<void>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
