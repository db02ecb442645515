import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { DroneName } from '../../contract/vocabulary.ts';
import { SwarmError } from '../../core/errors.ts';
import { type Deployment, type DeployNeeds, type DeployWish, deployHost } from '../../fleet/deploy-host.ts';
import { planeOf } from '../../fleet/plane.ts';
import { httpUrl } from '../../settings/kinds.ts';
import { type ConnectionFlags, findConnection } from '../frame/connection.ts';
import { EXIT } from '../frame/exit-codes.ts';
import { openClient } from '../frame/open-client.ts';
import { integerBetween, readSettings } from '../frame/settings.ts';
import { onStopSignal, STOP_SIGNALS } from '../frame/signals.ts';
import { printJson, type Terminal } from '../frame/terminal.ts';
import { type Asking, createAsking } from '../hosts/asking.ts';
import { inParallel } from '../hosts/in-parallel.ts';
import { type Hosts, openHosts } from '../hosts/open-hosts.ts';
import type { SshFlags } from '../hosts/ssh-flags.ts';
import { type StepView, startStepView } from '../hosts/step-view.ts';
import { deployHead, deploymentLines, deploymentReport } from '../output/deploy-lines.ts';
import { count, oneLine } from '../output/text.ts';

export type DeployFlags = ConnectionFlags &
  SshFlags & {
    readonly name?: string | undefined;
    readonly cpUrl?: string | undefined;
    readonly prefix?: string | undefined;
    readonly prune?: boolean | undefined;
    readonly sync: boolean;
    readonly update: boolean;
    readonly dryRun?: boolean | undefined;
    readonly wait: string;
    readonly yes?: boolean | undefined;
    readonly json?: boolean | undefined;
  };

const Flags = z.object({
  '--wait': integerBetween(5, 3600, ' seconds'),
  '--name': DroneName.optional(),
  '--cp-url': z
    .string()
    .refine((url) => httpUrl.parse(url, '') !== undefined, 'must be an address such as http://10.0.0.5:8100')
    .optional(),
  '--prefix': z
    .string()
    .regex(/^\/[A-Za-z0-9_.,+/@-]*$/, 'must be an absolute path')
    .optional(),
});

/** Makes drones of hosts. Gives the exit status: 5 where it worked for some of them. */
export async function deploy(words: readonly string[], flags: DeployFlags, terminal: Terminal): Promise<number> {
  const wish = await readWish(words, flags, terminal);
  const client = await openClient(flags, terminal);
  // What is wrong with the address or the token is better known before anything is touched.
  const me = await client.whoami();
  if (me.auth === 'token' && me.role !== 'admin')
    throw new SwarmError('FORBIDDEN', `drones get their credentials from an admin, and this token is for: ${me.role}`);
  const view = startStepView(terminal, words);
  const asking = createAsking(terminal, view);
  const hosts = openHosts(flags, terminal, asking);
  const wishes = [...new Set(words)].map((word) => ({ ...wish, host: hosts.hostOf(word) }));
  if (flags.json !== true) for (const line of deployHead(wishes, flags, terminal)) terminal.print(line);
  const needs = needsOf(hosts, { flags, terminal, asking, view, plane: planeOf(client) });
  const stopping = new AbortController();
  let status: number | undefined;
  const stopListening = onStopSignal((signal) => {
    status = STOP_SIGNALS[signal];
    stopping.abort();
  });
  try {
    const done = await inParallel(wishes, hosts.jobs, (one) =>
      deployHost(needs, one, {
        onStep: (step) => view.hear(one.host.address, step),
        onLine: (line) =>
          tellLine(line, { view, terminal, flags, host: one.host.address, isAlone: wishes.length === 1 }),
        signal: stopping.signal,
      }),
    );
    view.done();
    report(done, flags, terminal);
    return status ?? statusOf(done);
  } finally {
    view.done();
    stopListening();
  }
}

async function readWish(
  words: readonly string[],
  flags: DeployFlags,
  { env }: Terminal,
): Promise<Omit<DeployWish, 'host'>> {
  const read = readSettings(Flags, {
    '--wait': flags.wait,
    '--name': flags.name,
    '--cp-url': flags.cpUrl,
    '--prefix': flags.prefix,
  });
  if (read['--name'] !== undefined && words.length > 1)
    throw new SwarmError(
      'BAD_SETTING',
      `--name is for one host, and there are ${words.length}; without it each keeps its own`,
    );
  if (flags.prune === true && read['--prefix'] !== undefined)
    throw new SwarmError('BAD_SETTING', '--prune is for systems: nothing says what a prefix needs');
  const { baseUrl } = await findConnection(flags, env);
  return {
    name: read['--name'] ?? null,
    isDryRun: flags.dryRun === true,
    prunes: flags.prune === true,
    prefix: read['--prefix'] ?? null,
    scriptOptions: [...(flags.sync ? [] : ['--no-sync']), ...(flags.update ? [] : ['--no-update'])],
    controlPlaneUrl: read['--cp-url']?.replace(/\/+$/, '') ?? null,
    ownUrl: baseUrl,
  };
}

type Parts = {
  readonly flags: Pick<DeployFlags, 'yes' | 'wait'>;
  readonly terminal: Terminal;
  readonly asking: Asking;
  readonly view: StepView;
  readonly plane: DeployNeeds['plane'];
};

function needsOf(hosts: Hosts, { flags, terminal, asking, view, plane }: Parts): DeployNeeds {
  return {
    ...hosts,
    plane,
    now: () => performance.now(),
    sleep: (ms, signal) => pause(ms, undefined, { signal }),
    registerLimitMs: Number(flags.wait) * 1000,
    askAboutPruning: async ({ address }, atoms) => {
      const list = [`  Nothing needs these any more on ${address}:`, ...atoms.map((atom) => `    ${atom}`)];
      for (const line of list) view.say(line);
      if (flags.yes !== true && !terminal.canAsk) {
        // The rest of the work is good all the same.
        view.say('  Nobody is there to be asked, so they stay; --yes removes them.');
        return false;
      }
      return asking.confirm(`This removes ${count(atoms.length, 'package')} from ${address}.`, 'Go on?', flags.yes);
    },
  };
}

type Said = {
  readonly view: StepView;
  readonly terminal: Terminal;
  readonly flags: DeployFlags;
  readonly host: string;
  readonly isAlone: boolean;
};

/** A dry run is about what it says; else that is for who looks for a fault. */
function tellLine(line: string, { view, terminal, flags, host, isAlone }: Said): void {
  const text = line.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
  const said = isAlone ? `    ${text}`.trimEnd() : `  ${oneLine(host)}: ${text}`;
  if (flags.dryRun === true && flags.json !== true) terminal.print(said);
  else if (terminal.isVerbose) view.say(said);
}

function report(done: readonly Deployment[], flags: DeployFlags, terminal: Terminal): void {
  if (flags.json === true) printJson(terminal, { deployments: done.map(deploymentReport) });
  else for (const line of deploymentLines(done, flags, terminal)) terminal.print(line);
}

function statusOf(done: readonly Deployment[]): number {
  const failed = done.filter(({ failure }) => failure !== null).length;
  if (failed === 0) return EXIT.ok;
  return failed === done.length ? EXIT.failed : EXIT.partly;
}
