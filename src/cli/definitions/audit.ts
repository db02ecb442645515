import { type Group, type SetExitCode, terminalOf } from '../frame/program-type.ts';
import { reaching } from '../frame/reaching.ts';
import { HOST_KEY_HELP, loggingIn } from './ssh-options.ts';

const HELP = `
Each drone is logged in to once and compared with the spec. What is found is kept by the control plane, if the token may
do that, and what is not as it was the last time is shown. The exit status is 0 whatever is found, 5 where some drones
could not be looked at and 1 where none could; with --strict also 1 unless all are compliant.

--fix deploys again to the drones that are not compliant, without what their failed checks have nothing to do with, and
looks again. Packages that are too many are never removed by it.
${HOST_KEY_HELP}

Examples:
  build-swarmv3 drone audit
  build-swarmv3 drone audit anvil bellows --json
  build-swarmv3 drone audit --fix`;

/** Adds `drone audit`. What it does is loaded when it is asked for. */
export function addAudit(drone: Group, setExitCode: SetExitCode): void {
  const command = drone
    .command('audit')
    .description('compare drones with what a drone has to look like')
    .argument('[drones...]', 'names or addresses (default: all that are known)')
    .option('--spec <file>', 'what to compare them with (default: the one that comes along)')
    .option('--strict', 'exit status 1 unless all are compliant')
    .option('--fix', 'deploy again to those that are not compliant, after asking')
    .option('--cp-url <url>', 'for --fix: address by which drones find the control plane')
    .option('-y, --yes', 'do not ask before anything is fixed');
  reaching(
    loggingIn(command, { jobs: 'drones that are looked at at the same time, 1 to 64' }),
    "an operator's token, an admin's for --fix (default: SWARM_TOKEN, else the one in the data directory)",
  )
    .addHelpText('after', HELP)
    .action(async (names, options, self) => {
      const { audit } = await import('../commands/drone-audit.ts');
      setExitCode(await audit(names, options, terminalOf(self)));
    });
}
