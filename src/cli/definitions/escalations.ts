import { type Group, type SetExitCode, terminalOf } from '../frame/program-type.ts';
import { reaching } from '../frame/reaching.ts';

const HELP = `
A drone that is silent, grounded or without progress is probed over SSH, its service is restarted, killed and started,
the machine is rebooted where that is allowed, and at last a person is asked. How far that goes by itself says the
setting SWARM_ESCALATION, what may be done to one drone says build-swarmv3 drone settings NAME.

Examples:
  build-swarmv3 drone escalations
  build-swarmv3 drone escalations anvil
  build-swarmv3 drone escalations --open --json`;

const ATTEND_HELP = `
The control plane does nothing more about this drone; once it was well in between, everything begins anew. To keep it
from doing anything at all: build-swarmv3 drone settings NAME --protected on

Examples:
  build-swarmv3 drone attend anvil`;

/** Adds `drone escalations|attend`. What they do is loaded when it is asked for. */
export function addEscalations(drone: Group, setExitCode: SetExitCode): void {
  const viewer = 'needed only where viewing takes one (default: SWARM_TOKEN)';
  reaching(drone.command('escalations').description('show what was done about drones that do not go on'), viewer)
    .argument('[name]', 'only of this drone, by name or id, with each step')
    .option('--open', 'only those that are not over')
    .option('--limit <n>', 'at most so many, 1 to 200', '20')
    .addHelpText('after', HELP)
    .action(async (name, options, command) => {
      const { listEscalations } = await import('../commands/escalations.ts');
      setExitCode(await listEscalations(name, options, terminalOf(command)));
    });
  const operator = "an operator's token (default: SWARM_TOKEN, else the one in the data directory)";
  reaching(drone.command('attend').description('say that you see to a drone that does not go on'), operator)
    .argument('<name>', 'its name or id')
    .addHelpText('after', ATTEND_HELP)
    .action(async (name, options, command) => {
      const { attend } = await import('../commands/escalations.ts');
      setExitCode(await attend(name, options, terminalOf(command)));
    });
}
