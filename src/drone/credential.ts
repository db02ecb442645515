import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ApiError } from '../client/api-error.ts';
import { createClient } from '../client/client.ts';
import { parseToken } from '../core/credential.ts';
import { SwarmError } from '../core/errors.ts';
import { writeWhole } from '../platform/whole-file.ts';
import type { DroneConfig, DroneSettings } from './config.ts';
import { messageOf } from './log.ts';
import { pause, retryPauseMs } from './waiting.ts';

/** What a drone keeps of its enrolment: its token, and the public half of the join token that gave it. */
const Kept = z.object({ token: z.string(), joined_with: z.string() });
type Kept = z.infer<typeof Kept>;

export type Enrolling = {
  readonly config: Pick<DroneConfig, 'token' | 'joinToken'>;
  readonly settings: DroneSettings;
  readonly droneId: string;
  readonly signal: AbortSignal;
};

/**
 * The token that this drone shows: as configured, else the one that it got when it enrolled. With a join token
 * that it has not used yet it enrols first, and tries for as long as the control plane is away. Undefined
 * without any, which is enough where nobody is asked who he is, and when it is stopped before it has one.
 * @throws SwarmError CREDENTIAL_REFUSED, BAD_SETTING, DRONE_STATE_UNUSABLE
 */
export async function findToken(enrolling: Enrolling): Promise<string | undefined> {
  const { config, settings } = enrolling;
  if (config.token !== undefined) return config.token;
  const path = join(settings.stateDir, 'credential.json');
  const kept = await readKept(path);
  if (config.joinToken === undefined) return kept?.token;
  const joinId = parseToken(config.joinToken)?.id;
  if (joinId === undefined) throw new SwarmError('BAD_SETTING', 'the join token is none: it looks like bsw_…_…');
  if (kept?.joined_with === joinId) return kept.token;
  const token = await enrol(enrolling, config.joinToken);
  if (token !== undefined) await keep(path, { token, joined_with: joinId });
  return token;
}

/** Whether the control plane does not know this drone's token, or will not have it do what drones do. */
export function isCredentialRefused(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status === 401 || error.status === 403);
}

/** The same as a sentence for whoever looks after this drone. */
export function credentialRefused({ url, name }: Pick<DroneSettings, 'url' | 'name'>, cause: ApiError): SwarmError {
  return new SwarmError('CREDENTIAL_REFUSED', `the control plane ${url} does not let ${name} in: ${cause.message}`, {
    cause,
  });
}

async function readKept(path: string): Promise<Kept | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return Kept.parse(JSON.parse(text));
  } catch (cause) {
    throw new SwarmError('DRONE_STATE_UNUSABLE', `${path} is damaged: remove it and enrol again`, { cause });
  }
}

async function keep(path: string, kept: Kept): Promise<void> {
  try {
    await writeWhole(path, `${JSON.stringify(kept)}\n`);
  } catch (cause) {
    const message = `the credential of this drone cannot be kept: ${messageOf(cause)}`;
    throw new SwarmError('DRONE_STATE_UNUSABLE', message, { cause });
  }
}

async function enrol({ settings, droneId, signal }: Enrolling, joinToken: string): Promise<string | undefined> {
  const { url, name, log, retry } = settings;
  const client = createClient({ baseUrl: url, token: joinToken });
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      const { token } = await client.enroll({ body: { id: droneId, name } }, { signal });
      log.info({ url }, 'enrolled as a drone');
      return token;
    } catch (error) {
      if (isCredentialRefused(error)) throw credentialRefused(settings, error);
      if (failures === 1 && !signal.aborted) log.warn({ url, why: messageOf(error) }, 'cannot enrol yet');
      await pause(retryPauseMs(failures, retry), signal);
    }
  }
  return undefined;
}
