import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import type { Client } from '../client/client.ts';
import type { AttemptId } from '../core/ids.ts';
import { type Setback, setbackOf } from './answers.ts';
import type { BuildResult } from './journal.ts';
import { pause, type RetryPolicy, retryPauseMs } from './waiting.ts';

export type Upload = {
  readonly client: Client;
  readonly droneId: string;
  readonly attempt: AttemptId;
  readonly result: BuildResult;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
};

export type UploadEnd =
  | { readonly kind: 'verified' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }
  /** The file that was built is not there any more. */
  | { readonly kind: 'gone'; readonly why: string }
  | { readonly kind: 'ended' };

/**
 * Delivers a file, piece by piece, as often as it takes: while the control plane is away it tries again
 * with growing pauses. What arrived damaged is sent twice more; any other refusal is final.
 */
export async function upload(request: Upload): Promise<UploadEnd> {
  const { signal, retry } = request;
  let damaged = 0;
  for (let failures = 1; !signal.aborted; failures += 1) {
    const gone = await whyGone(request.result.path);
    if (gone !== undefined) return { kind: 'gone', why: gone };
    const setback = await tryOnce(request);
    if (setback === undefined) return { kind: 'verified' };
    if (isDamage(setback)) damaged += 1;
    if (setback.kind === 'stale' || (setback.kind === 'refused' && !mayRetry(setback, damaged))) return setback;
    await pause(retryPauseMs(failures, retry), signal);
  }
  return { kind: 'ended' };
}

/** Times that a file is sent again when what arrived had another checksum. */
const DAMAGE_RETRIES = 2;

async function whyGone(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Large files take long on slow lines; a connection that died is noticed by its silence. */
const NO_LIMIT = Number.POSITIVE_INFINITY;

async function tryOnce({ client, droneId, attempt, result, signal }: Upload): Promise<Setback | undefined> {
  try {
    await client.uploadPackage(
      {
        params: { attempt },
        query: { id: droneId, sha256: result.sha256, format: result.format },
        body: createReadStream(result.path),
      },
      { signal, timeoutMs: NO_LIMIT },
    );
    return undefined;
  } catch (error) {
    return setbackOf(error);
  }
}

function isDamage(setback: Setback): boolean {
  return setback.kind === 'refused' && setback.status === 422 && /sha-?256|checksum/i.test(setback.why);
}

function mayRetry(setback: Setback, damaged: number): boolean {
  return isDamage(setback) && damaged <= DAMAGE_RETRIES;
}
