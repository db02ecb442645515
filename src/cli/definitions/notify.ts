import { type Program, type SetExitCode, terminalOf } from '../frame/program-type.ts';
import { reaching } from '../frame/reaching.ts';

const HELP = `
By webhook, ntfy, Matrix or e-mail people are told of drones that are down or need somebody, sessions that are done,
packages that are blocked, and disks that run full. The ways are set up on the control plane, by the settings whose
names begin with SWARM_NOTIFY: build-swarmv3 config show

Examples:
  build-swarmv3 notify test
  build-swarmv3 notify list`;

const LIST_HELP = `
Examples:
  build-swarmv3 notify list
  build-swarmv3 notify list --limit 5 --json`;

const TEST_HELP = `
The exit status is 0 when all took it, 5 when some did, 1 when none did, and 2 where no way is set up.

Examples:
  build-swarmv3 notify test
  build-swarmv3 notify test email`;

/** Adds `notify list|test`. What they do is loaded when it is asked for. */
export function addNotify(program: Program, setExitCode: SetExitCode): void {
  const notify = program
    .command('notify')
    .description('who is told what happens, and whether it arrives')
    .helpCommand(false)
    .addHelpText('after', HELP);
  const operator = "an operator's token (default: SWARM_TOKEN, else the one in the data directory)";
  reaching(notify.command('list').description('show the ways, and what was told last'), operator)
    .option('--limit <n>', 'at most so many, 1 to 500', '20')
    .addHelpText('after', LIST_HELP)
    .action(async (options, command) => {
      const { listNotifications } = await import('../commands/notify.ts');
      setExitCode(await listNotifications(options, terminalOf(command)));
    });
  const admin = "an admin's token (default: SWARM_TOKEN, else the one in the data directory)";
  reaching(notify.command('test').description('send a test'), admin)
    .argument('[way]', 'webhook, ntfy, matrix or email (default: all that are set up)')
    .addHelpText('after', TEST_HELP)
    .action(async (way, options, command) => {
      const { testNotifications } = await import('../commands/notify.ts');
      setExitCode(await testNotifications(way, options, terminalOf(command)));
    });
}
