import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystem } from '../emerge/prefix.ts';
import { writeWhole } from '../platform/whole-file.ts';
import type { DroneSettings } from './config.ts';

/**
 * The id of a drone: as configured, else the machine's for the one drone that owns the machine's
 * Portage, else a number made once and kept in the state directory. 32 hexadecimal digits.
 */
export async function findDroneId(configured: string | undefined, { prefix, stateDir }: Owner): Promise<string> {
  if (configured !== undefined) return configured;
  const machineId = isSystem(prefix) ? await idIn('/etc/machine-id') : undefined;
  if (machineId !== undefined) return machineId;
  const path = join(stateDir, 'id');
  const kept = await idIn(path);
  if (kept !== undefined) return kept;
  const made = randomBytes(16).toString('hex');
  await writeWhole(path, `${made}\n`);
  return made;
}

type Owner = Pick<DroneSettings, 'prefix' | 'stateDir'>;

async function idIn(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return /^[0-9a-f]{32}$/.test(text.trim()) ? text.trim() : undefined;
}
