/** Where somebody logs in. `port` is null where SSH's own configuration says it. */
export type RemoteHost = { readonly address: string; readonly user: string; readonly port: number | null };

export type RemoteCommand = {
  /** Program and arguments. Each arrives as it is, whatever it holds. */
  readonly words: readonly string[];
  /** For its standard input. */
  readonly input: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
};

/** `exited` with 255 also means that there was no connection. */
export type RemoteEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'timed-out' | 'stopped' | 'no-ssh' };

/** Runs commands on other hosts, as the operator would by hand: his keys, agents, jump hosts and known hosts count. */
export type RemoteShell = {
  run(host: RemoteHost, command: RemoteCommand): Promise<RemoteEnd>;
};

/** The agent that new drones get. */
export type AgentFile = {
  readonly bytes: Uint8Array;
  readonly version: string;
  /** Hex digits. */
  readonly sha256: string;
};

/** What a new drone needs and this installation brings along. */
export type ShippedFiles = {
  /** @throws SwarmError AGENT_MISSING */
  agent(): Promise<AgentFile>;
  /** The text of the script that turns a host into a drone. */
  bootstrapScript(): Promise<string>;
};
