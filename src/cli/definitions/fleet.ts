import { type Group, type Program, type SetExitCode, terminalOf } from '../frame/program-type.ts';
import { reaching } from '../frame/reaching.ts';

const OPERATOR = "an operator's token (default: SWARM_TOKEN, else the one in the data directory)";
const VIEWER = 'needed only where viewing takes one (default: SWARM_TOKEN)';

const FLEET_HELP = `
Offline drones are listed too. What a drone is building, and how well it does, says: build-swarmv3 drone list

Examples:
  build-swarmv3 fleet
  build-swarmv3 fleet --online --json`;

/** Adds `fleet`. What it does is loaded when it is asked for. */
export function addFleet(program: Program, setExitCode: SetExitCode): void {
  reaching(program.command('fleet').description('the drones, by name'), VIEWER)
    .option('--all', 'those that are offline too (this is usual)')
    .option('--online', 'only those that are online')
    .addHelpText('after', FLEET_HELP)
    .action(async (options, command) => {
      const { fleet } = await import('../commands/fleet.ts');
      setExitCode(await fleet(options, terminalOf(command)));
    });
}

const LIST_HELP = `
Examples:
  build-swarmv3 drone list
  build-swarmv3 drone list --online`;

const SHOW_HELP = `
Why it has nothing to do says: build-swarmv3 explain NAME

Examples:
  build-swarmv3 drone show anvil
  build-swarmv3 drone show anvil --json`;

const PAUSE_HELP = `
It finishes what it builds, and is given nothing more until it is resumed.

Examples:
  build-swarmv3 drone pause anvil
  build-swarmv3 drone resume anvil`;

const DRAIN_HELP = `
It finishes what it builds, and is given nothing more until it is resumed. The exit status is 0 when it builds nothing
any more, 124 when the time is up before that; it stays paused either way.

Examples:
  build-swarmv3 drone drain anvil && ssh anvil reboot
  build-swarmv3 drone drain anvil --timeout 2h`;

const REMOVE_HELP = `
What it is building is needed again, and its history stays. A drone that still runs is listed again as soon as it is
heard of; stop it first, or pause it instead.

Examples:
  build-swarmv3 drone remove anvil
  build-swarmv3 drone remove anvil --yes`;

/** Adds `drone list|show|pause|drain|resume|remove`. */
export function addDroneOperations(drone: Group, setExitCode: SetExitCode): void {
  reaching(drone.command('list').description('show the drones, what they build and how well'), VIEWER)
    .option('--online', 'only those that are online')
    .addHelpText('after', LIST_HELP)
    .action(async (options, command) => {
      const { droneList } = await import('../commands/fleet.ts');
      setExitCode(await droneList(options, terminalOf(command)));
    });
  reaching(drone.command('show').description('show all about one drone'), VIEWER)
    .argument('<name>', 'its name or id')
    .addHelpText('after', SHOW_HELP)
    .action(async (name, options, command) => {
      const { droneShow } = await import('../commands/fleet.ts');
      setExitCode(await droneShow(name, options, terminalOf(command)));
    });
  addPausing(drone, setExitCode);
  reaching(drone.command('remove').description('forget a drone'), OPERATOR)
    .argument('<name>', 'its name or id')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', REMOVE_HELP)
    .action(async (name, options, command) => {
      const { droneRemove } = await import('../commands/fleet.ts');
      setExitCode(await droneRemove(name, options, terminalOf(command)));
    });
}

function addPausing(drone: Group, setExitCode: SetExitCode): void {
  reaching(drone.command('pause').description('give a drone no further work'), OPERATOR)
    .argument('<name>', 'its name or id')
    .addHelpText('after', PAUSE_HELP)
    .action(async (name, options, command) => {
      const { pauseDrone } = await import('../commands/fleet.ts');
      setExitCode(await pauseDrone(name, true, options, terminalOf(command)));
    });
  reaching(drone.command('drain').description('pause a drone and wait until it builds nothing'), OPERATOR)
    .argument('<name>', 'its name or id')
    .option('--timeout <time>', 'how long to wait: 90s, 30m, 12h, 2d (default: as long as it takes)')
    .addHelpText('after', DRAIN_HELP)
    .action(async (name, options, command) => {
      const { drainDrone } = await import('../commands/drone-drain.ts');
      setExitCode(await drainDrone(name, options, terminalOf(command)));
    });
  reaching(drone.command('resume').description('give a drone work again'), OPERATOR)
    .argument('<name>', 'its name or id')
    .addHelpText('after', PAUSE_HELP)
    .action(async (name, options, command) => {
      const { pauseDrone } = await import('../commands/fleet.ts');
      setExitCode(await pauseDrone(name, false, options, terminalOf(command)));
    });
}
