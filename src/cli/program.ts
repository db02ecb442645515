import { Command, CommanderError, Option } from '@commander-js/extra-typings';
import { addAudit } from './definitions/audit.ts';
import { addBackup } from './definitions/backup.ts';
import { addCompletion } from './definitions/completion.ts';
import { addConfig } from './definitions/config.ts';
import { addControl } from './definitions/control.ts';
import { addDeploy } from './definitions/deploy.ts';
import { addEscalations } from './definitions/escalations.ts';
import { addEvents } from './definitions/events.ts';
import { addDroneOperations, addFleet } from './definitions/fleet.ts';
import { addHistory } from './definitions/history.ts';
import { addLogs } from './definitions/logs.ts';
import { addMonitor } from './definitions/monitor.ts';
import { addNotify } from './definitions/notify.ts';
import { addDroneSettings, addExplain } from './definitions/operators.ts';
import { addFresh, addPlan } from './definitions/planning.ts';
import { addProvision } from './definitions/provision.ts';
import { addQueue } from './definitions/queue.ts';
import { addSessions } from './definitions/sessions.ts';
import { addSimulate } from './definitions/simulate.ts';
import { addSql } from './definitions/sql.ts';
import { addStatus } from './definitions/status.ts';
import { addSwitch } from './definitions/switch.ts';
import { addToken } from './definitions/token.ts';
import { addVersion } from './definitions/version.ts';
import { addWait } from './definitions/wait.ts';
import { addWire } from './definitions/wire.ts';
import { expandAbbreviations } from './frame/abbreviations.ts';
import type { Program, SetExitCode } from './frame/program-type.ts';
import { programVersion } from './output/version.ts';

const EXAMPLES = `
Examples:
  build-swarmv3 demo                 real emerge builds a small world on three drones, right here
  build-swarmv3 demo --once          the same, and ends; exit status 0 if all was as expected
  build-swarmv3 serve                the control plane, its binhost and its dashboard, on port 8100
  build-swarmv3 fresh                queue what @world needs, and  build-swarmv3 monitor  watches it
  build-swarmv3 drone run --url http://10.0.0.5:8100 --name anvil
                                     turns this machine into a drone (as root on Gentoo)`;

/**
 * Runs one command line and gives its exit status: 0 done, 1 failed, 2 not understood. Commands are
 * loaded when they are asked for, so that help costs no server. Throws what a command throws.
 */
export async function run(args: readonly string[]): Promise<number> {
  const outcome = { exitCode: 0 };
  const program = createProgram((exitCode) => {
    outcome.exitCode = exitCode;
  });
  if (args.every((argument) => GLOBAL_FLAGS.has(argument))) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync(expandAbbreviations(args, program), { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return exitCodeOf(error);
    throw error;
  }
}

const GLOBAL_FLAGS = new Set(['--no-color', '-q', '--quiet', '-v', '--verbose']);

/** A command line that cannot be understood has been told so already. */
function exitCodeOf({ exitCode, code }: CommanderError): number {
  return exitCode === 0 || code === 'commander.help' ? exitCode : 2;
}

/** All commands, with their options and texts: the reference, the manual and completion are made from it too. */
export function createProgram(setExitCode: SetExitCode): Program {
  const program = new Command('build-swarmv3')
    .description('Turns a handful of Gentoo machines into one build farm with a binhost')
    .option('--no-color', 'print no colours (as NO_COLOR=1 does)')
    .option('-q, --quiet', 'print the result alone, and neither progress nor remarks')
    .option('-v, --verbose', 'also tell each request, on standard error')
    .version(`build-swarmv3 ${programVersion()}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('Try build-swarmv3 --help')
    .exitOverride()
    .hook('preAction', (root) => {
      if (root.opts()['color'] === false) process.env['NO_COLOR'] = '1';
    });
  program.commandsGroup('Run it:');
  addServe(program, setExitCode);
  addDemo(program, setExitCode);
  addDrone(program, setExitCode);
  addProvision(program, setExitCode);
  addSwitch(program, setExitCode);
  program.commandsGroup('What is to be built:');
  addFresh(program, setExitCode);
  addPlan(program, setExitCode);
  addQueue(program, setExitCode);
  addControl(program, setExitCode);
  addWait(program, setExitCode);
  addSimulate(program, setExitCode);
  program.commandsGroup('How it stands, and why:');
  addStatus(program, setExitCode);
  addMonitor(program, setExitCode);
  addFleet(program, setExitCode);
  addExplain(program, setExitCode);
  addLogs(program, setExitCode);
  addEvents(program, setExitCode);
  addHistory(program, setExitCode);
  addSessions(program, setExitCode);
  program.commandsGroup('Look after it:');
  addToken(program, setExitCode);
  addConfig(program, setExitCode);
  addNotify(program, setExitCode);
  addBackup(program, setExitCode);
  addWire(program, setExitCode);
  addSql(program, setExitCode);
  addCompletion(program, setExitCode);
  addVersion(program, setExitCode);
  return program;
}

const SERVE_HELP = `
Flags win over the environment, that over the configuration file, that over the defaults. All settings, and where
each value comes from: build-swarmv3 config show

Only programs on this machine can reach it unless told otherwise: drones on other machines need
--host 0.0.0.0. Everybody may look, everything else needs a token. The first
start makes one for an admin and leaves it in the data directory, in the file admin-token; on this machine
build-swarmv3 finds it there by itself (build-swarmv3 token --help).

Examples:
  build-swarmv3 serve
  build-swarmv3 serve --host 0.0.0.0 --port 8100 --data /srv/swarm
  build-swarmv3 serve --config /srv/swarm/build-swarm.json`;

function addServe(program: Program, setExitCode: SetExitCode): void {
  program
    .command('serve')
    .description('run the control plane and its binhost')
    .option('--config <file>', 'configuration file, off for none (default: SWARM_CONFIG, else the usual places)')
    .option('--port <n>', 'port to listen on, 0 for any that is free (default: 8100)')
    .option('--host <address>', 'address to listen on; 0.0.0.0 lets other machines in (default: 127.0.0.1)')
    .option('--db <file>', 'database file (default: swarm.db in the data directory)')
    .option('--data <dir>', 'directory for binary packages, uploads and logs (default: by user)')
    .addOption(
      new Option(
        '--auth <mode>',
        'who may do what; off: whoever can reach it may do everything (default: token)',
      ).choices(['token', 'off'] as const),
    )
    .addHelpText('after', SERVE_HELP)
    .action(async (options) => {
      const { serve } = await import('./commands/serve.ts');
      setExitCode(await serve(options, process.env));
    });
}

const DRONE_HELP = `
A drone shows who it is with a token of its own. It gets that with a join token, which an admin makes with
build-swarmv3 token create --role join, and keeps it in its state directory: later starts need none.
SWARM_JOIN_TOKEN and SWARM_TOKEN do the same as the flags, and are not seen by other users in the list of
processes. Status 77 says that the control plane does not let the drone in.

Examples:
  build-swarmv3 drone run --url http://10.0.0.5:8100 --name anvil --join-token bsw_...
  build-swarmv3 drone run --url http://127.0.0.1:8100 --name test-1 --prefix /srv/swarm/test-1`;

function addDrone(program: Program, setExitCode: SetExitCode): void {
  const drone = program.command('drone').description('commands for build machines').helpCommand(false);
  drone
    .command('run')
    .description('build packages for a control plane, until stopped')
    .requiredOption('--url <url>', 'address of the control plane, such as http://10.0.0.5:8100')
    .requiredOption('--name <name>', 'name of this drone, unique in the fleet')
    .option('--id <id>', 'identity of this drone (default: one that is kept in its state directory)')
    .option('--prefix <dir>', 'Portage prefix to build in (default: the system itself, which needs root)')
    .option('--state <dir>', 'directory for builds that are not delivered yet (default: in the prefix)')
    .option('--join-token <token>', 'enrol with it, once (default: SWARM_JOIN_TOKEN)')
    .option('--token <token>', 'use this token of a drone as it is (default: SWARM_TOKEN)')
    .option('--slots <n>', 'packages built side by side, 1 to 64', '1')
    .option('--heartbeat <s>', 'seconds between two signs of life, 0.2 to 20', '10')
    .addHelpText('after', DRONE_HELP)
    .action(async (options) => {
      const { runDrone } = await import('./commands/drone-run.ts');
      setExitCode(await runDrone(options, process.env));
    });
  addDroneSettings(drone, setExitCode);
  addDroneOperations(drone, setExitCode);
  addEscalations(drone, setExitCode);
  addDeploy(drone, setExitCode);
  addAudit(drone, setExitCode);
}

const DEMO_HELP = `
Real emerge builds the world of a small example repository on several drones (Portage prefixes on this
machine), among it packages that fail on purpose; then a stock emerge client installs the result from the
binhost over HTTP, without compiling. Needs no root. Ctrl-C stops everything it started.

Examples:
  build-swarmv3 demo
  build-swarmv3 demo --once --drones 2 --no-failures
  build-swarmv3 demo --data /srv/swarm-demo      keeps all; a second run finds every package built`;

function addDemo(program: Program, setExitCode: SetExitCode): void {
  program
    .command('demo')
    .alias('up')
    .description('see the whole swarm at work on this machine')
    .option('--drones <n>', 'number of drones, 1 to 32', '3')
    .option('--port <n>', 'port of the control plane, 0 for any that is free', '8100')
    .option('--data <dir>', 'directory to work in, which is kept (default: a new one that is removed)')
    .option('--once', 'end when all is done, with status 0 if all was as expected')
    .option('--keep', 'do not remove the data at the end')
    .option('--no-failures', 'leave out the packages that fail on purpose')
    .option('--json', 'print the result as JSON, and progress on standard error')
    .addHelpText('after', DEMO_HELP)
    .action(async (options) => {
      const { demo } = await import('./commands/demo.ts');
      setExitCode(await demo(options, process.env));
    });
}
