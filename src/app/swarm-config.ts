import type { Deps } from './deps.ts';

/** What the predecessor's `swarm.json` says to us. */
export type SwarmConfig = {
  /** For drones, handed on as it is. */
  readonly dronePortageConfig: Readonly<Record<string, unknown>>;
  /** Packages never to build, as `category/name` or with a version. */
  readonly exclusions: readonly string[];
  /** Packages reserved for sweepers, by the name of the sweeper. */
  readonly sweeperPackages: Readonly<Record<string, readonly string[]>>;
  /** Sentences about what is wrong in the file; what is right counts all the same. */
  readonly problems: readonly string[];
};

/** The file; without one everything is empty. */
export type SwarmConfigFile = {
  readonly path: string | null;
  /** As it is now; never rejects. */
  read(): Promise<SwarmConfig>;
};

type Needs = Pick<Deps, 'store' | 'hub' | 'clock'> & {
  readonly file: SwarmConfigFile;
  readonly warn: (fields: { readonly file: string; readonly problem: string }) => void;
};

/**
 * Reads `swarm.json` whenever it is asked, and tells of each of its problems once: an event and a line of the
 * log when it is there first, or again after it had been mended.
 */
export function tellingSwarmConfig({ store, hub, clock, file, warn }: Needs): SwarmConfigFile {
  let told: ReadonlySet<string> = new Set();
  return {
    path: file.path,
    read: async () => {
      const config = await file.read();
      const fresh = config.problems.filter((problem) => !told.has(problem));
      // Before anything is waited for: two who ask at once tell it once.
      told = new Set(config.problems);
      for (const problem of fresh) warn({ file: file.path ?? '', problem });
      if (fresh.length > 0) await tell(fresh);
      return config;
    },
  };

  async function tell(problems: readonly string[]): Promise<void> {
    const at = clock.now();
    const changes = problems.map(
      (problem) => ({ kind: 'event', event: problemEvent(problem, file.path), at }) as const,
    );
    // A database that takes no event is told by health; what was asked for is there all the same.
    const applied = await store.apply(changes).catch(() => undefined);
    if (applied !== undefined) hub.announce(applied.events);
  }
}

function problemEvent(problem: string, path: string | null) {
  const details = { file: path, problem };
  return { type: 'control', message: `swarm.json: ${problem}`, details, droneId: null, package: null } as const;
}
