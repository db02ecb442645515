import { randomUUID } from 'node:crypto';
import { createOpenssh } from '../adapters/ssh/openssh.ts';
import type { Deps } from '../app/deps.ts';
import { createToken, revokeToken } from '../app/manage-credentials.ts';
import { createProvisioner, type JoinToken } from '../app/provision-drone.ts';
import type { Actor } from '../core/actor.ts';
import type { AuthSettings } from '../http/auth.ts';
import type { ProvisioningUseCases } from '../http/use-cases.ts';
import { shippedFiles } from './shipped-files.ts';

/** How hosts are turned into drones. */
export type ProvisioningSettings = {
  /** How long a job may take. */
  readonly timeoutMs: number;
  /** PATH that `ssh` is looked for on; this process's own unless told. */
  readonly path?: string | undefined;
  /** Further options of `ssh`. */
  readonly sshOptions?: readonly string[] | undefined;
  /** Further options of the bootstrap script. */
  readonly scriptOptions?: readonly string[] | undefined;
  /** The agent to hand out; that of this installation unless told. */
  readonly agentFile?: URL | undefined;
};

type Frame = { readonly auth: AuthSettings; readonly version: string; readonly settings: ProvisioningSettings };

/** The script asks for the credential after it has installed Node.js. */
const JOIN_TOKEN_MARGIN_MS = 60_000;

/** What turns hosts into drones. */
export function wireProvisioning(deps: Deps, { auth, version, settings }: Frame): ProvisioningUseCases {
  const { timeoutMs, path = process.env['PATH'] ?? '', sshOptions = [], scriptOptions = [], agentFile } = settings;
  const shipped = shippedFiles({ version, ...(agentFile === undefined ? {} : { agentFile }) });
  const lifetimeMs = timeoutMs + JOIN_TOKEN_MARGIN_MS;
  const provisioner = createProvisioner({
    ...deps,
    shell: createOpenssh({ path, options: sshOptions }),
    shipped,
    makeId: randomUUID,
    issueJoinToken: async (name, by) => (auth.mode === 'off' ? null : issueJoinToken(deps, { name, lifetimeMs, by })),
    timeoutMs,
    scriptOptions,
  });
  return { provisioner, shipped };
}

type Issue = { readonly name: string; readonly lifetimeMs: number; readonly by: Actor };

async function issueJoinToken(deps: Deps, { name, lifetimeMs, by }: Issue): Promise<JoinToken> {
  const wish = { kind: 'join', name: name.slice(0, 100), droneId: null, lifetimeMs, uses: 1 } as const;
  const { token, credential } = await createToken(deps)(wish, by);
  return {
    text: token,
    withdraw: async () => {
      if ((deps.credentials.find(credential.id)?.usesLeft ?? 0) > 0) await revokeToken(deps)(credential.id, by);
    },
  };
}
