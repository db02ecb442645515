import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { systemClock, systemIds } from '../adapters/clock/system-clock.ts';
import { openSqliteStore } from '../adapters/sqlite/store.ts';
import { type Client, createClient } from '../client/client.ts';
import { ADMIN_TOKEN_FILE } from '../platform/paths.ts';
import { bundleBootstrap } from '../server/bootstrap-bundle.ts';
import { compose } from '../server/compose.ts';
import type { ProvisioningSettings } from '../server/wire-provisioning.ts';
import { defaultServerSettings } from '../settings/server-settings.ts';

const FAKE_EMERGE = fileURLToPath(new URL('../../test/fixtures/fake-portage/bin/emerge', import.meta.url));
const DRONE_IMAGE = new URL('../../drone-image/', import.meta.url);

/** The script as it is handed out. */
export function bootstrapScript(): Promise<string> {
  return bundleBootstrap(DRONE_IMAGE);
}

/** How a program ended, and all that it said. */
export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** A control plane that listens on the loopback address, and a root below which a host can be set up. */
export type ProvisioningWorld = {
  readonly dir: string;
  readonly url: string;
  readonly port: number;
  readonly adminToken: string;
  /** As the admin. */
  readonly client: Client;
  /** What the script takes for `/`; it has a Portage prefix at /srv/prefix. */
  readonly root: string;
  /** A virtual environment with a Portage that compiles nothing; for BUILD_SWARM_PORTAGE. */
  readonly portage: string;
  joinToken(): Promise<string>;
  /** Run the script as `sh -s -- …` does, with its text on standard input. */
  bootstrap(options: readonly string[], env?: Record<string, string>): Promise<Ran>;
  fileIn(path: string): Promise<string>;
  close(): Promise<void>;
};

export type WorldOptions = {
  readonly auth?: 'token' | 'off';
  /** The agent to hand out; a text that only says that it is one unless told. */
  readonly agentFile?: string;
  readonly provisioning?: (dir: string) => Partial<ProvisioningSettings>;
  /** Where it listens; the loopback address unless told. */
  readonly listen?: string;
};

/** A fresh world; the caller closes it. */
export async function provisioningWorld({ auth = 'token', agentFile, provisioning, listen }: WorldOptions = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'provisioning-'));
  const root = join(dir, 'root');
  await makePrefix(join(root, 'srv', 'prefix'));
  await writeFile(join(dir, 'agent.mjs'), 'console.log("agent");\n');
  const agent = pathToFileURL(agentFile ?? join(dir, 'agent.mjs'));
  const settings = { ...provisioning?.(dir), agentFile: agent };
  const plane = await startPlane({ dir, mode: auth, provisioning: settings, host: listen ?? '127.0.0.1' });
  const url = `http://127.0.0.1:${plane.port}`;
  const adminToken = await readFile(join(dir, ADMIN_TOKEN_FILE), 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  const client = createClient({ baseUrl: url, token: adminToken });
  const world: ProvisioningWorld = {
    dir,
    url,
    port: plane.port,
    adminToken,
    client,
    root,
    portage: await fakePortage(join(dir, 'portage')),
    joinToken: async () => (await client.createToken({ body: { role: 'join', name: 'test' } })).token,
    bootstrap: async (options, env = {}) => {
      const script = await bootstrapScript();
      return run('sh', ['-s', '--', ...options], { input: script, env });
    },
    fileIn: (path) => readFile(join(root, path), 'utf8'),
    close: async () => {
      await plane.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return world;
}

/** Run a program to its end. */
export function run(
  command: string,
  args: readonly string[],
  { input = '', env = {}, cwd }: { input?: string; env?: Record<string, string>; cwd?: string } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, ...(cwd === undefined ? {} : { cwd }) };
    const child = execFile(command, [...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
    });
    // One that ends before it has read everything.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

type Plane = {
  readonly dir: string;
  readonly mode: 'token' | 'off';
  readonly provisioning: Partial<ProvisioningSettings>;
  readonly host: string;
};

async function startPlane({ dir, mode, provisioning, host }: Plane) {
  const database = openSqliteStore(join(dir, 'swarm.db'));
  let port = 0;
  const { app, recover } = await compose({
    database,
    settings: { ...defaultServerSettings(dir), auth: { mode, allowsAnonymous: true } },
    clock: systemClock,
    ids: systemIds,
    version: '3.2.0',
    logger: false,
    port: () => port,
    provisioning,
    checksReplies: true,
  });
  await app.listen({ host, port: 0 });
  port = (app.server.address() as AddressInfo).port; // It listens on a port.
  await recover();
  return {
    port,
    close: async () => {
      await app.close();
      database.close();
    },
  };
}

/** What the script and the agent look at. */
async function makePrefix(prefix: string): Promise<void> {
  await mkdir(join(prefix, 'etc', 'portage'), { recursive: true });
  await writeFile(join(prefix, 'etc', 'portage', 'make.conf'), '');
}

async function fakePortage(dir: string): Promise<string> {
  await mkdir(join(dir, 'bin'), { recursive: true });
  await mkdir(join(dir, 'share', 'portage', 'config'), { recursive: true });
  await writeFile(join(dir, 'share', 'portage', 'config', 'make.globals'), '');
  const python = '#!/bin/sh\ncase "$*" in *"import portage"*) echo 3.0.82 ;; *) exec python3 "$@" ;; esac\n';
  await writeFile(join(dir, 'bin', 'python'), python);
  await chmod(join(dir, 'bin', 'python'), 0o755);
  await symlink(FAKE_EMERGE, join(dir, 'bin', 'emerge'));
  return dir;
}
