import { SwarmError } from '../core/errors.ts';
import { createLogger } from '../platform/logger.ts';
import { DEFAULT_CONFIG_FILE, readAgentSettings } from './agent-settings.ts';
import { findControlPlane } from './find-control-plane.ts';
import { runInForeground } from './foreground.ts';

/** Put in where the program is made into one file (scripts/bundle-agent.ts), which is how it is run. */
declare const BUNDLED_VERSION: string;

const HELP = `Build Swarm agent ${BUNDLED_VERSION}: builds packages for a control plane, until stopped.

Usage: node build-swarm-agent.mjs [options]

  --config FILE      settings, KEY="value" a line (${DEFAULT_CONFIG_FILE} if it is there)
  --url URL          address of the control plane              GATEWAY_URL
  --known-hosts LIST where it is looked for without an address SWARM_KNOWN_HOSTS
  --dns-sd on        believe who announces itself by DNS-SD    SWARM_DNS_SD
  --name NAME        name of this drone, unique in the fleet   NODE_NAME
  --id ID            identity of this drone                    DRONE_ID
  --prefix DIR       Portage prefix to build in                DRONE_PREFIX
  --state DIR        builds that are not delivered yet         DRONE_STATE
  --slots N          packages built side by side (1)           DRONE_SLOTS
  --heartbeat S      seconds between signs of life (10)        HEARTBEAT_INTERVAL
  --token-file FILE  the credential of this drone              DRONE_TOKEN_FILE
  --join-token T     shown once, to get a credential           SWARM_JOIN_TOKEN
  --version, --help

The names on the right are those of the environment and of the file; a flag comes first, then the
environment, then the file.
`;

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

main(process.argv.slice(2)).then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    const text = error instanceof SwarmError ? `${error.message}\n  ${error.advice}` : String(error);
    process.stderr.write(`Error: ${text}\n`);
    process.exit(error instanceof SwarmError ? error.exitCode : 1);
  },
);

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) return say(HELP);
  if (args.includes('--version')) return say(`build-swarm-agent ${BUNDLED_VERSION}\n`);
  const stopped = new Promise<string>((resolve) => {
    for (const signal of STOP_SIGNALS) process.once(signal, () => resolve(signal));
  });
  const settings = await readAgentSettings(args, process.env);
  const log = createLogger();
  const stop = new AbortController();
  void stopped.then(() => stop.abort());
  const url = settings.url ?? (await findControlPlane(settings, log, stop.signal));
  if (url === undefined) return 0;
  await runInForeground({ settings: { ...settings, url }, version: BUNDLED_VERSION, log, stopped });
  return 0;
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}
