import { Option } from '@commander-js/extra-typings';
import type { Program, SetExitCode } from '../frame/program-type.ts';
import { reaching } from '../frame/reaching.ts';

const ROLES = ['viewer', 'operator', 'admin', 'drone', 'join'] as const;

const ADMIN = 'an admin token (default: SWARM_TOKEN, else the one in the data directory)';

const HELP = `
Roles:
  viewer     may look; where anonymous viewing is closed, emerge uses it as http://any:TOKEN@host:8100/binhost/
  operator   may also queue packages and control the swarm
  admin      may do everything
  drone      speaks for one drone (--drone-id), which usually gets it by itself with a join token
  join       lets a machine enrol as a drone, and nothing else: once, within a day, unless told otherwise

An admin's token is needed: --token, SWARM_TOKEN, or on the control plane's own machine the one that its first
start left in its data directory. If all are lost: start the control plane once with SWARM_AUTH=off, for this
machine only, and make another.

Examples:
  build-swarmv3 token create --role operator --name alice --expires 30d
  build-swarmv3 token create --role join --uses 10 --expires 1h
  build-swarmv3 token list
  build-swarmv3 token revoke 0123456789ab`;

/** Adds `token create|list|revoke`. What they do is loaded when it is asked for. */
export function addToken(program: Program, setExitCode: SetExitCode): void {
  const token = program.command('token').description('who may do what').helpCommand(false).addHelpText('after', HELP);
  reaching(token.command('create').description('make a token; it is shown this once'), ADMIN)
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--name <name>', 'what the audit trail calls its holder (default: the role)')
    .option('--expires <time>', 'when it ends, from now: 90m, 12h, 30d (default: never; join tokens: 1d)')
    .option('--drone-id <id>', 'the drone it speaks for, or the only one that it enrols')
    .option('--uses <n>', 'drones that a join token enrols (default: 1)')
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { createToken } = await import('../commands/token.ts');
      setExitCode(await createToken(options, process.env));
    });
  reaching(token.command('list').description('show the tokens, without what only their holders know'), ADMIN)
    .option('--all', 'also those that are over')
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { listTokens } = await import('../commands/token.ts');
      setExitCode(await listTokens(options, process.env));
    });
  reaching(token.command('revoke').description('from now on a token opens nothing'), ADMIN)
    .argument('<id>', 'as token list shows it')
    .addHelpText('after', HELP)
    .action(async (id, options) => {
      const { revokeToken } = await import('../commands/token.ts');
      setExitCode(await revokeToken(id, options, process.env));
    });
}
