import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { SwarmConfig, SwarmConfigFile } from '../../app/swarm-config.ts';
import { parseSwarmConfig } from './parse-swarm-config.ts';

// A pipe would otherwise be waited for until somebody writes into it.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;
const MAX_BYTES = 4 * 1024 * 1024;

const NOTHING: SwarmConfig = { dronePortageConfig: {}, exclusions: [], sweeperPackages: {}, problems: [] };

type Known = { readonly stamp: string; readonly config: SwarmConfig };

/** The predecessor's `swarm.json` at `path`, read again whenever it has changed; null is no file at all. */
export function openSwarmConfig(path: string | null): SwarmConfigFile {
  let known: Known | undefined;
  const read = async (file: string): Promise<SwarmConfig> => {
    try {
      known = await readIfChanged(file, known);
      return known.config;
    } catch (error) {
      known = undefined;
      return { ...NOTHING, problems: [`${file} ${reasonOf(error)}`] };
    }
  };
  return { path, read: async () => (path === null ? NOTHING : read(path)) };
}

async function readIfChanged(path: string, known: Known | undefined): Promise<Known> {
  // Asked of the open file, so that facts and contents are of one and the same.
  const file = await open(path, FLAGS);
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new Error('is not a file');
    if (facts.size > MAX_BYTES) throw new Error(`is larger than ${MAX_BYTES} bytes`);
    const stamp = [facts.dev, facts.ino, facts.size, facts.mtimeMs, facts.ctimeMs].join(' ');
    if (stamp === known?.stamp) return known;
    return { stamp, config: parseSwarmConfig(await file.readFile('utf8'), path) };
  } finally {
    await file.close();
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'is not there';
  return code === undefined ? message : `cannot be read (${code})`;
}
