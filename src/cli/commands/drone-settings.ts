import { z } from 'zod';
import { type Client, createClient } from '../../client/client.ts';
import { MACHINES, REBOOT_RULES } from '../../core/escalation/watched-drone.ts';
import { type ConnectionFlags, findConnection } from '../frame/connection.ts';
import { integerBetween, readSettings } from '../frame/settings.ts';
import { count, oneLine } from '../output/text.ts';

export type DroneSettingsFlags = ConnectionFlags & {
  readonly json?: boolean | undefined;
  readonly coresLimit?: string | undefined;
  readonly labels?: string | undefined;
  readonly protected?: string | undefined;
  readonly machine?: string | undefined;
  readonly reboot?: string | undefined;
  readonly sshAddress?: string | undefined;
  readonly sshUser?: string | undefined;
  readonly sshPort?: string | undefined;
};

type Reply = Awaited<ReturnType<Client['nodeSettings']>>;

const Flags = z.object({
  '--cores-limit': z
    .string()
    .regex(/^(none|[1-9]\d{0,4})$/, 'must be a whole number from 1 to 99999, or none')
    .transform((text) => (text === 'none' ? null : Number(text)))
    .optional(),
  '--protected': z
    .enum(['on', 'off'], 'must be on or off')
    .transform((word) => word === 'on')
    .optional(),
  '--machine': z
    .enum(['auto', ...MACHINES], `must be ${MACHINES.join(', ')} or auto`)
    .transform((word) => (word === 'auto' ? null : word))
    .optional(),
  '--reboot': z.enum(REBOOT_RULES, `must be ${REBOOT_RULES.join(', ')}`).optional(),
  '--ssh-address': noneOr(z.string()).optional(),
  '--ssh-user': noneOr(z.string()).optional(),
  '--ssh-port': noneOr(integerBetween(1, 65_535)).optional(),
});

/** The word `none` takes back what was said. */
function noneOr<T>(schema: z.ZodType<T, string>) {
  return z.union([z.literal('none').transform(() => null), schema]);
}

/** Says what a drone may take, and prints what it has now. Gives the exit status. */
export async function droneSettings(name: string, flags: DroneSettingsFlags, env: NodeJS.ProcessEnv): Promise<number> {
  const wish = readSettings(Flags, {
    ...{ '--cores-limit': flags.coresLimit, '--protected': flags.protected, '--machine': flags.machine },
    ...{ '--reboot': flags.reboot, '--ssh-address': flags.sshAddress, '--ssh-user': flags.sshUser },
    '--ssh-port': flags.sshPort,
  });
  const limit = wish['--cores-limit'];
  const labels = flags.labels
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  const api = createClient(await findConnection(flags, env));
  const reply = await api.nodeSettings({
    params: { id: name },
    body: {
      ...(limit === undefined ? {} : { cores_limit: limit }),
      ...(labels === undefined ? {} : { labels }),
      // What is undefined is not sent.
      ...{ protected: wish['--protected'], machine: wish['--machine'], reboot: wish['--reboot'] },
      ...{ ssh_address: wish['--ssh-address'], ssh_user: wish['--ssh-user'], ssh_port: wish['--ssh-port'] },
    },
  });
  if (flags.json === true) console.log(JSON.stringify(reply, null, 2));
  else {
    const cores = reply.cores_limit === null ? 'all of its cores' : count(reply.cores_limit, 'core');
    console.log(`${oneLine(reply.name)} may use ${cores}`);
    console.log(reply.labels.length === 0 ? 'Labels: none' : `Labels: ${reply.labels.join(', ')}`);
    for (const line of careLines(reply)) console.log(line);
  }
  return 0;
}

/** Of it as a machine, where that is not as usual. */
function careLines(reply: Reply): string[] {
  const { machine, reboot, ssh_address: address, ssh_user: user, ssh_port: port } = reply;
  const isUsualLogin = address === null && user === null && port === null;
  const where = `${user ?? 'root'}@${oneLine(address ?? 'where it registered')}${port === null ? '' : ` port ${port}`}`;
  return [
    ...(reply.protected ? ['Protected: it is never probed, restarted or rebooted'] : []),
    ...(machine === null ? [] : [`Machine: ${machine}`]),
    ...(reboot === 'by-machine' ? [] : [`Reboot: ${reboot}`]),
    ...(isUsualLogin ? [] : [`SSH: ${where}`]),
  ];
}
