/**
 * The drone as one file without native modules, which the control plane hands to new drones:
 * `tsx scripts/bundle-agent.ts` writes dist/agent/build-swarm-agent.mjs. Node is all it needs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';
import { ROOT } from './files.ts';

const AGENT_FILE = join(ROOT, 'dist', 'agent', 'build-swarm-agent.mjs');

/** Write the agent to `file`. The version and the guard of builds, which is Python, are put in as texts. */
export async function bundleAgent(file: string): Promise<void> {
  await build({
    cwd: ROOT,
    input: join(ROOT, 'src', 'drone', 'agent.ts'),
    platform: 'node',
    logLevel: 'warn',
    transform: { target: 'node20', define: texts() },
    output: { file, format: 'esm', codeSplitting: false, banner: '#!/usr/bin/env node' },
  });
}

function texts(): Record<string, string> {
  // Our own package.json.
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const guard = readFileSync(join(ROOT, 'bridge', 'guard.py'), 'utf8');
  return { BUNDLED_VERSION: JSON.stringify(version), BUNDLED_GUARD: JSON.stringify(guard) };
}

if (process.argv[1] === import.meta.filename) await bundleAgent(AGENT_FILE);
