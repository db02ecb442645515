import type { DiskSpace, FigureReads, ProtocolLogState, ServiceState } from './operations-ports.ts';

export type DiskName = 'data' | 'binhost' | 'staging';

export type DiskReadiness = {
  readonly path: string;
  readonly space: DiskSpace | null;
  readonly status: 'ok' | 'low' | 'full' | 'unknown';
};

/** The state of everything that the control plane needs for its work. */
export type Readiness = {
  readonly problems: readonly string[];
  readonly store: {
    readonly error: string | null;
    readonly databaseBytes: number;
    readonly walBytes: number;
  };
  readonly disks: Readonly<Record<DiskName, DiskReadiness>>;
  readonly services: readonly (ServiceState & { readonly isFailing: boolean })[];
  readonly protocolLog: ProtocolLogState | null;
};

export type ReadinessNeeds = {
  readonly proveWritable: () => Promise<void>;
  readonly figures: FigureReads;
  readonly paths: Readonly<Record<DiskName, string>>;
  /** Rejects when the path cannot be looked at. */
  readonly diskSpace: (path: string) => Promise<DiskSpace>;
  readonly services: () => readonly ServiceState[];
  readonly protocolLog?: (() => ProtocolLogState) | undefined;
};

/** With less than this no package can be taken. */
const FULL_BYTES = 64 * 1024 ** 2;
/** Below either of these somebody should make room. */
const LOW_BYTES = 1024 ** 3;
const LOW_SHARE = 0.05;
/** A service that failed so often in a row does not get over it by itself. */
const FAILURES_IN_A_ROW = 3;

/** Look at store, disks and services. */
export function checkReadiness(needs: ReadinessNeeds): () => Promise<Readiness> {
  return async () => {
    const [store, data, binhost, staging] = await Promise.all([
      storeState(needs),
      diskState(needs, 'data'),
      diskState(needs, 'binhost'),
      diskState(needs, 'staging'),
    ]);
    const disks = { data, binhost, staging };
    const services = needs.services().map((service) => ({ ...service, isFailing: isFailing(service) }));
    const parts = { store, disks, services, protocolLog: needs.protocolLog?.() ?? null };
    return { problems: problemsOf(parts), ...parts };
  };
}

async function storeState({ proveWritable, figures }: ReadinessNeeds): Promise<Readiness['store']> {
  const error = await proveWritable().then(
    () => null,
    (cause: unknown) => reasonOf(cause),
  );
  return { error, ...(await figures.size()) };
}

async function diskState({ paths, diskSpace }: ReadinessNeeds, name: DiskName): Promise<DiskReadiness> {
  const path = paths[name];
  try {
    const space = await diskSpace(path);
    return { path, space, status: roomOn(space) };
  } catch {
    return { path, space: null, status: 'unknown' };
  }
}

function roomOn({ freeBytes, totalBytes }: DiskSpace): DiskReadiness['status'] {
  if (freeBytes < FULL_BYTES) return 'full';
  return freeBytes < LOW_BYTES || freeBytes < totalBytes * LOW_SHARE ? 'low' : 'ok';
}

function isFailing({ failuresInARow }: ServiceState): boolean {
  return failuresInARow >= FAILURES_IN_A_ROW;
}

function problemsOf({ store, disks, services }: Omit<Readiness, 'problems'>): string[] {
  return [
    ...(store.error === null ? [] : [`the database takes no writes: ${store.error}`]),
    ...Object.entries(disks).flatMap(([name, { path, status }]) =>
      status === 'full' ? [`the disk of ${name} (${path}) is full`] : [],
    ),
    ...services
      .filter(({ isFailing: fails }) => fails)
      .map(({ name, lastError }) => `the service ${name} fails: ${lastError}`),
  ];
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
