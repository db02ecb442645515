import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../src/platform/programs.ts';
import { run } from '../../src/testing/provisioning-world.ts';
import { ended, freePort, until } from '../../src/testing/real-swarm.ts';

/** Where there is no SSH server its tests are left out. */
export const SSHD = await findProgram('sshd');

/** A real SSH server on the loopback address with keys, port and settings of its own. */
export type SshServer = {
  readonly port: number;
  readonly user: string;
  /** For clients: this server's key is known, and the user's key is let in. */
  readonly options: readonly string[];
  /** For clients that have never heard of this server. */
  readonly strangerOptions: readonly string[];
  /** Session processes that still run. */
  sessions(): Promise<number>;
  close(): Promise<void>;
};

/** Start one in `dir`; remote commands see `env`. The caller closes it. */
export async function sshServer(dir: string, env: Readonly<Record<string, string>>): Promise<SshServer> {
  const port = await freePort();
  const file = (name: string) => join(dir, name);
  await mkdir(dir, { recursive: true });
  // As root it wants this directory, which is otherwise made when the machine starts.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  for (const key of ['host_key', 'user_key'])
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(key)]);
  const hostKey = (await readFile(file('host_key.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
  await writeFile(file('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
  await writeFile(file('sshd_config'), configuration(file, port, env));
  const server = spawn(SSHD ?? '', ['-D', '-e', '-f', file('sshd_config')], { stdio: ['ignore', 'ignore', 'inherit'] });
  await until('the SSH server answers', () => answers(port));
  const client = (known: string) => [
    ...['-F', 'none', '-i', file('user_key')],
    ...[
      'IdentitiesOnly=yes',
      'IdentityAgent=none',
      'GlobalKnownHostsFile=none',
      `UserKnownHostsFile=${file(known)}`,
    ].flatMap((option) => ['-o', option]),
  ];
  return {
    port,
    user: userInfo().username,
    options: client('known_hosts'),
    strangerOptions: client('nobody_known'),
    sessions: () => sessionsOf(server),
    close: () => ended(server, 'SIGTERM'),
  };
}

function configuration(file: (name: string) => string, port: number, env: Readonly<Record<string, string>>): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${file('host_key')}`,
    `AuthorizedKeysFile ${file('user_key.pub')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'LogLevel QUIET',
    `SetEnv ${Object.entries(env)
      .map(([name, value]) => `"${name}=${value}"`)
      .join(' ')}`,
    '',
  ].join('\n');
}

async function answers(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  const isThere = await once(socket, 'data').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isThere;
}

async function sessionsOf(server: ChildProcess): Promise<number> {
  const { stdout } = await run('pgrep', ['-c', '-P', String(server.pid)]);
  return Number(stdout);
}
