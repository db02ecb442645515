import { ApiError } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import type { AttemptId } from '../core/ids.ts';
import type { DroneSettings } from './config.ts';
import type { BuildOrder } from './emerge-commands.ts';
import { messageOf } from './log.ts';
import { mayAsk, type Slots } from './slots.ts';
import { type Bell, pause, retryPauseMs } from './waiting.ts';

/** A package that was handed to this drone. */
export type Grant = { readonly attempt: AttemptId; readonly package: string; readonly order: BuildOrder };

export type WorkLoop = {
  readonly settings: DroneSettings;
  readonly droneId: string;
  readonly client: Client;
  readonly slots: Slots;
  readonly bell: Bell;
  readonly isPaused: () => boolean;
  readonly take: (grant: Grant) => void;
  readonly now: () => number;
  readonly signal: AbortSignal;
};

/**
 * Asks for packages while there is a free slot, one after the other. The control plane holds the
 * question back until it has one; when it is away, the pauses grow.
 */
export async function askForWork(loop: WorkLoop): Promise<void> {
  const { settings, slots, bell, signal } = loop;
  for (let failures = 0; !signal.aborted; ) {
    if (loop.isPaused() || !mayAsk(slots.all(), settings)) {
      await bell.next(signal);
      continue;
    }
    const askedAtMs = loop.now();
    const answer = await ask(loop, failures);
    failures = answer === 'failed' ? failures + 1 : 0;
    if (answer === 'failed') await pause(retryPauseMs(failures, settings.retry), signal);
    else if (answer === 'nothing') await pause(Math.max(0, askedAtMs + settings.retry.firstMs - loop.now()), signal);
  }
}

/** What the control plane may be late with an answer that it held back. */
const LATE_MS = 15_000;

async function ask({ settings, droneId, client, slots, take, signal }: WorkLoop, failures: number) {
  const holding = slots
    .all()
    .map((one) => one.attempt)
    .join(',');
  try {
    const query = { id: droneId, wait: settings.waitS, holding };
    const reply = await client.work({ query }, { signal, timeoutMs: settings.waitS * 1000 + LATE_MS });
    const grant = grantIn(reply);
    // A control plane that does not know of a build yet may name it again.
    if (grant === undefined || slots.has(grant.attempt)) return 'nothing';
    take(grant);
    return 'taken';
  } catch (error) {
    if (failures === 0 || error instanceof ApiError) {
      if (!signal.aborted)
        settings.log.warn({ url: settings.url, why: messageOf(error) }, 'no answer to the question for work');
    }
    return 'failed';
  }
}

type WorkReply = Awaited<ReturnType<Client['work']>>;

/** A package without an attempt comes from a control plane that could not take it back from us. */
function grantIn(reply: WorkReply): Grant | undefined {
  const { package: name, attempt, build: order } = reply;
  if (typeof name !== 'string' || attempt === undefined || order === undefined) return undefined;
  return { attempt, package: name, order };
}
