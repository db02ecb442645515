import { Argument } from '@commander-js/extra-typings';
import { type Program, type SetExitCode, terminalOf } from '../frame/program-type.ts';
import { reaching } from '../frame/reaching.ts';
import { HOST_KEY_HELP, loggingIn } from './ssh-options.ts';

const HELP = `
Both control planes are on one host, GATEWAY_HOST (else that of --url), at the ports V2_GATEWAY_PORT and
V3_GATEWAY_PORT. Each drone is logged in to, pointed there and restarted; one that the control plane there does not hear
of is switched back. The exit status is 5 where some were switched and some were not.
${HOST_KEY_HELP}

Examples:
  build-swarmv3 switch v3 --dry-run
  build-swarmv3 switch v3 anvil          one first, to see
  build-swarmv3 switch v3
  build-swarmv3 switch v2                and all back`;

/** Adds `switch`. What it does is loaded when it is asked for. */
export function addSwitch(program: Program, setExitCode: SetExitCode): void {
  const command = program
    .command('switch')
    .description('point drones at the control plane of the other version')
    .addArgument(new Argument('<version>', 'where they are to go').choices(['v2', 'v3'] as const))
    .argument('[drones...]', 'names or addresses (default: all that are known)')
    .option('--wait <s>', 'seconds in which the control plane there has to hear of a drone, 5 to 600', '90')
    .option('--dry-run', 'say what would be done, and do nothing');
  reaching(
    loggingIn(command, { jobs: 'drones that are switched at the same time, 1 to 64' }),
    'needed only where viewing takes one (default: SWARM_TOKEN)',
  )
    .addHelpText('after', HELP)
    .action(async (version, names, options, self) => {
      const { switchDrones } = await import('../commands/switch.ts');
      setExitCode(await switchDrones(version, names, options, terminalOf(self)));
    });
}
