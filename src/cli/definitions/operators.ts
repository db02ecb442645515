import type { Group, Program, SetExitCode } from '../frame/program-type.ts';
import { reaching } from '../frame/reaching.ts';

const EXPLAIN_HELP = `
A name with a slash is a package: category/name, with or without its version. Any other name is a drone's, by
its name or id; a number is a row of the queue.

Examples:
  build-swarmv3 explain dev-lang/rust
  build-swarmv3 explain =sys-devel/gcc-15.2.1 --json
  build-swarmv3 explain anvil`;

/** Adds `explain`. What it does is loaded when it is asked for. */
export function addExplain(program: Program, setExitCode: SetExitCode): void {
  reaching(program.command('explain').description('say why a package is not built, or why a drone does not build'))
    .argument('<package|drone>', 'what it is about')
    .option('--session <id>', 'the package of this session, by id or name (default: where it is built or needed)')
    .addHelpText('after', EXPLAIN_HELP)
    .action(async (name, options) => {
      const { explain } = await import('../commands/explain.ts');
      setExitCode(await explain(name, options, process.env));
    });
}

const SETTINGS_HELP = `
Without options it shows them. A drone that may use half of its cores builds half as much side by side.

A drone that does not go on is looked at over SSH and brought back. One that is protected is never touched. Only
containers and virtual machines are rebooted, others where --reboot allowed says so. Where --machine says nothing, what
a probe finds counts.

Examples:
  build-swarmv3 drone settings anvil --cores-limit 8
  build-swarmv3 drone settings anvil --cores-limit none --labels ssd,big
  build-swarmv3 drone settings anvil --protected on
  build-swarmv3 drone settings anvil --machine vm --ssh-address anvil.lan --ssh-user swarm`;

/** Adds `drone settings`. */
export function addDroneSettings(drone: Group, setExitCode: SetExitCode): void {
  reaching(drone.command('settings').description('say what a drone may take'))
    .argument('<name>', 'its name or id')
    .option('--cores-limit <n>', 'cores that it may use, none for all of them')
    .option('--labels <list>', 'its labels, joined by commas; empty for none')
    .option('--protected <on|off>', 'never probe, restart or reboot it')
    .option('--machine <kind>', 'metal, vm or container; auto for what a probe finds')
    .option('--reboot <rule>', 'by-machine, allowed or never')
    .option('--ssh-address <address>', 'where to log in, none for where it registered')
    .option('--ssh-user <user>', 'who logs in there, none for root')
    .option('--ssh-port <port>', 'port of its SSH server, none for that of the SSH configuration')
    .addHelpText('after', SETTINGS_HELP)
    .action(async (name, options) => {
      const { droneSettings } = await import('../commands/drone-settings.ts');
      setExitCode(await droneSettings(name, options, process.env));
    });
}
