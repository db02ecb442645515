import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import { makeDirectory } from '../platform/make-directory.ts';
import { writeWhole } from '../platform/whole-file.ts';
import { messageOf } from './log.ts';
import { identityOf, isStillThere } from './process-identity.ts';

const Holder = z.object({ pid: z.number().int().positive(), startTime: z.string(), bootId: z.string() });

/**
 * Makes the state directory and takes it for this process. Two drones with the same journals would
 * each end the builds of the other; the second one gets `DRONE_STATE_UNUSABLE`. A holder that died
 * holds nothing.
 */
export async function lockState(stateDir: string): Promise<{ release(): Promise<void> }> {
  const path = join(stateDir, 'drone.lock');
  try {
    await makeDirectory(join(stateDir, 'attempts'));
    const holder = await readHolder(path);
    if (holder !== undefined && holder.pid !== process.pid && (await isStillThere(holder)))
      throw inUse(stateDir, holder.pid);
    await writeWhole(path, JSON.stringify(await identityOf(process.pid)));
  } catch (cause) {
    if (cause instanceof SwarmError) throw cause;
    throw new SwarmError(
      'DRONE_STATE_UNUSABLE',
      `the state directory ${stateDir} cannot be used: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  }
  return { release: () => rm(path, { force: true }) };
}

async function readHolder(path: string): Promise<z.infer<typeof Holder> | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function inUse(stateDir: string, pid: number): SwarmError {
  return new SwarmError(
    'DRONE_STATE_UNUSABLE',
    `the state directory ${stateDir} belongs to a running drone (process ${pid})`,
  );
}
