import { type Group, type SetExitCode, terminalOf } from '../frame/program-type.ts';
import { reaching } from '../frame/reaching.ts';
import { HOST_KEY_HELP, loggingIn } from './ssh-options.ts';

const HELP = `
Each host is logged in to from here, gets Node.js by its own means if it has none, the agent, its settings, a credential
of its own and a service, and is a drone once the control plane has heard of it. A second time it changes nothing that
is as it should be; after a failure it goes on where it was.
${HOST_KEY_HELP}

Examples:
  build-swarmv3 drone deploy 10.0.0.7 --name anvil --dry-run
  build-swarmv3 drone deploy 10.0.0.7 --name anvil
  build-swarmv3 drone deploy anvil bellows crucible --jobs 3
  build-swarmv3 drone deploy anvil --prune         shows what emerge --depclean would remove, and asks`;

/** Adds `drone deploy`. What it does is loaded when it is asked for. */
export function addDeploy(drone: Group, setExitCode: SetExitCode): void {
  const command = drone
    .command('deploy')
    .description('turn hosts into drones over SSH, from this machine')
    .argument('<host...>', 'hosts as SSH knows them: addresses, names, user@host')
    .option('--name <name>', 'name of the drone, for one host (default: the one it has, else that of the host)')
    .option('--cp-url <url>', 'address by which drones find the control plane (default: as it is found from here)')
    .option('--prefix <dir>', 'Portage prefix there to build in (default: the system itself)')
    .option('--prune', 'then remove what nothing needs any more, after asking')
    .option('--no-sync', 'leave the ebuild repository as it is')
    .option('--no-update', 'leave the installed packages as they are')
    .option('--wait <s>', 'seconds in which the control plane has to hear of the drone, 5 to 3600', '120')
    .option('--dry-run', 'show every change that would be made, and make none')
    .option('-y, --yes', 'do not ask before packages are removed');
  reaching(
    loggingIn(command, { jobs: 'hosts that are worked on at the same time, 1 to 64' }),
    "an admin's token (default: SWARM_TOKEN, else the one in the data directory)",
  )
    .addHelpText('after', HELP)
    .action(async (hosts, options, self) => {
      const { deploy } = await import('../commands/drone-deploy.ts');
      setExitCode(await deploy(hosts, options, terminalOf(self)));
    });
}
