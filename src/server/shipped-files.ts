import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AgentFile, ShippedFiles } from '../app/provision-ports.ts';
import { SwarmError } from '../core/errors.ts';
import { bundleBootstrap } from './bootstrap-bundle.ts';

/** Beside the program, whether it runs from src/ or dist/. */
const AGENT = new URL('../../dist/agent/build-swarm-agent.mjs', import.meta.url);
const DASHBOARD = new URL('../../dist/web/', import.meta.url);
const DRONE_IMAGE = new URL('../../drone-image/', import.meta.url);

/** The files of this installation, each read once when it is first asked for, so that an upgrade underneath mixes nothing. */
export function shippedFiles({ version, agentFile = AGENT }: { version: string; agentFile?: URL }): ShippedFiles {
  let agent: Promise<AgentFile> | undefined;
  let script: Promise<string> | undefined;
  return {
    agent: () => {
      agent ??= readAgent(agentFile, version).catch((error: unknown) => {
        agent = undefined;
        throw error;
      });
      return agent;
    },
    bootstrapScript: () => (script ??= bundleBootstrap(DRONE_IMAGE)),
  };
}

async function readAgent(file: URL, version: string): Promise<AgentFile> {
  try {
    const bytes = await readFile(file);
    return { bytes, version, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch (cause) {
    throw new SwarmError('AGENT_MISSING', `the agent is not there: ${fileURLToPath(file)} cannot be read`, { cause });
  }
}

/** The built dashboard; undefined where it was not built, as in tests of other things. */
export function dashboardDir(): string | undefined {
  return existsSync(new URL('index.html', DASHBOARD)) ? fileURLToPath(DASHBOARD) : undefined;
}
