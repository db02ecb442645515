import type { JoinToken } from '../app/provision-drone.ts';
import type { Client } from '../client/client.ts';

/** A drone as the control plane knows it. */
export type KnownDrone = {
  readonly id: string;
  readonly name: string;
  readonly isOnline: boolean;
  /** Unix seconds, by the clock of the control plane. */
  readonly lastSeen: number;
};

/** What the work on hosts needs of the control plane. */
export type Plane = {
  /** The script that turns a host into a drone. */
  readonly script: () => Promise<string>;
  /** For one drone; null where no credentials are asked for. */
  readonly joinToken: (purpose: string) => Promise<JoinToken | null>;
  readonly drones: () => Promise<readonly KnownDrone[]>;
};

/** Longer than the slowest installation of Node.js, which is compiled where there is no other. */
const TOKEN_LIFETIME_S = 6 * 60 * 60;

/** The control plane that `client` asks, as an admin. */
export function planeOf(client: Client): Plane {
  let script: Promise<string> | undefined;
  return {
    script: () => (script ??= client.bootstrapScript().then((answer) => answer.text())),
    joinToken: async (purpose) => {
      const { auth } = await client.whoami();
      return auth === 'off' ? null : issue(client, purpose);
    },
    drones: async () => {
      const reply = await client.nodes({ query: { all: 'true' } });
      const nodes = Array.isArray(reply) ? reply : reply.drones;
      return nodes.map(({ id, name, online, last_seen: lastSeen }) => ({ id, name, isOnline: online, lastSeen }));
    },
  };
}

async function issue(client: Client, purpose: string): Promise<JoinToken> {
  const { id, token } = await client.createToken({
    body: { role: 'join', name: purpose.slice(0, 100), expires_in_s: TOKEN_LIFETIME_S, uses: 1 },
  });
  return {
    text: token,
    withdraw: async () => {
      const { tokens } = await client.tokens({ query: {} });
      const isUnused = tokens.some((each) => each.id === id && (each.uses_left ?? 0) > 0);
      if (isUnused) await client.revokeToken({ params: { id } });
    },
  };
}
