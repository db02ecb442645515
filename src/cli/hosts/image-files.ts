import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SwarmError } from '../../core/errors.ts';

/** Beside the program, whether it runs from src/ or dist/. */
const IMAGE = new URL('../../../drone-image/', import.meta.url);
/** Where a drone has its own. */
const INSTALLED_SPEC = '/etc/build-swarm/drone.spec';

/** What a drone is compared with, and by what. */
export type ComplyFiles = { readonly complyScript: string; readonly spec: string };

/**
 * The checks of this installation, with the named spec, else its own, else that of this machine.
 * @throws SwarmError BAD_SETTING
 */
export async function complyFiles(specFile: string | undefined): Promise<ComplyFiles> {
  const complyScript = await readFile(new URL('comply.sh', IMAGE), 'utf8');
  const spec = specFile === undefined ? await ownSpec() : await named(specFile);
  return { complyScript, spec };
}

async function ownSpec(): Promise<string> {
  const places = [fileURLToPath(new URL('drone.spec', IMAGE)), INSTALLED_SPEC];
  for (const place of places) {
    const text = await readFile(place, 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  throw new SwarmError(
    'BAD_SETTING',
    `there is no spec to compare drones with (${places.join(', ')}); name one with --spec`,
  );
}

async function named(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new SwarmError('BAD_SETTING', `--spec ${path} cannot be read (${cause.code})`, { cause });
  });
  if (headOf(text) === undefined)
    throw new SwarmError('BAD_SETTING', `--spec ${path} is no spec: it is not a JSON object`);
  return text;
}

/** What a spec says of itself; undefined for what is none. */
export function headOf(spec: string): { version: string; updated: string; profile: string } | undefined {
  try {
    const head = JSON.parse(spec) as Record<string, unknown> | null;
    if (head === null || typeof head !== 'object' || Array.isArray(head)) return undefined;
    const word = (name: string) => (['string', 'number'].includes(typeof head[name]) ? String(head[name]) : '?');
    return { version: word('spec_version'), updated: word('updated'), profile: word('profile') };
  } catch {
    return undefined;
  }
}
