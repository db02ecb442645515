import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DeployFlags } from '../../src/cli/commands/drone-deploy.ts';
import { findPortage, type PortageHost } from '../../src/emerge/host.ts';
import { createPrefix } from '../../src/emerge/prefix.ts';
import { type ProvisioningWorld, provisioningWorld } from '../../src/testing/provisioning-world.ts';
import { type ThrowawayHost, throwawayHost } from '../../src/testing/throwaway-host.ts';
import { captureTerminal } from '../unit/cli-terminal.ts';

const AGENT = fileURLToPath(new URL('../../dist/agent/build-swarm-agent.mjs', import.meta.url));
const REPO = fileURLToPath(new URL('../../examples/repo', import.meta.url));

/** How a command ended, and what it said. */
export type Said = { readonly status: number; readonly out: string; readonly told: string };

/** A control plane on this machine, and hosts with nothing on them. */
export type FleetWorld = {
  readonly plane: ProvisioningWorld;
  /** A host with a Portage prefix at `prefixOf`, and nothing else that a drone has. */
  readonly host: (name: string) => Promise<ThrowawayHost>;
  readonly prefixOf: (host: ThrowawayHost) => string;
  /** What every command here is told: where the control plane is, and how SSH gets in. */
  readonly flags: (host: ThrowawayHost) => typeof COMMON & { sshConfig: string; url: string; token: string };
  /** What it takes to make a drone of such a host. */
  readonly deployFlags: (host: ThrowawayHost) => DeployFlags;
  readonly on: (command: (terminal: Terminal) => Promise<number>, env?: Record<string, string>) => Promise<Said>;
  readonly close: () => Promise<void>;
};

type Terminal = ReturnType<typeof captureTerminal>['terminal'];

const COMMON = { jobs: '4', user: undefined, port: undefined, identity: undefined, acceptHostKey: undefined };

/** `auth` as for a control plane; token unless told. */
export async function fleetWorld(auth: 'token' | 'off' = 'token'): Promise<FleetWorld> {
  const plane = await provisioningWorld({ agentFile: AGENT, listen: '0.0.0.0', auth });
  const dir = await mkdtemp(join(tmpdir(), 'fleet-'));
  const portage = await findPortage({ env: process.env, onProgress: () => {} });
  const repo = join(dir, 'repo');
  await cp(REPO, repo, { recursive: true });
  await writeFile(join(repo, 'metadata', 'timestamp.chk'), `${new Date().toUTCString().replace('GMT', '+0000')}\n`);
  const hosts: ThrowawayHost[] = [];
  const prefixOf = ({ name }: Pick<ThrowawayHost, 'name'>) => join(dir, `${name}-prefix`);
  const flags: FleetWorld['flags'] = ({ sshConfig }) => {
    return { ...COMMON, sshConfig, url: plane.url, token: plane.adminToken };
  };
  return {
    plane,
    prefixOf,
    flags,
    host: async (name) => {
      const prefix = prefixOf({ name });
      await createPrefix({ dir: prefix, host: portage, repoDir: repo });
      const readable = [repo, ...(await homesOf(portage))];
      const env = { BUILD_SWARM_PORTAGE: dirname(portage.binDir) };
      const host = await throwawayHost({ dir: join(dir, name), name, readable, writable: [prefix], env });
      hosts.push(host);
      return host;
    },
    deployFlags: (host) => ({ ...flags(host), sync: true, update: true, wait: '60', prefix: prefixOf(host) }),
    on: async (command, env = {}) => {
      const captured = captureTerminal({ ...process.env, NO_COLOR: '1', XDG_DATA_HOME: dir, ...env }, 100);
      const status = await command(captured.terminal);
      return { status, out: captured.out(), told: captured.told() };
    },
    close: async () => {
      await Promise.all(hosts.map((host) => host.close()));
      await plane.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Portage, and the Python that it was installed for. */
async function homesOf({ python, binDir }: PortageHost): Promise<string[]> {
  const home = dirname(dirname(await realpath(python)));
  return [dirname(binDir), ...(home === '/usr' ? [] : [home])];
}
