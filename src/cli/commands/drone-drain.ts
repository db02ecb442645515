import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Client } from '../../client/client.ts';
import type { ConnectionFlags } from '../frame/connection.ts';
import { EXIT } from '../frame/exit-codes.ts';
import { openClient } from '../frame/open-client.ts';
import { readSettings, waitingTime } from '../frame/settings.ts';
import { printJson, type Terminal } from '../frame/terminal.ts';
import type { Node } from '../output/fleet-lines.ts';
import { startProgress } from '../output/progress.ts';
import { count, duration, oneLine } from '../output/text.ts';
import { readDrone } from './fleet.ts';

export type DrainFlags = ConnectionFlags & {
  readonly json?: boolean | undefined;
  readonly timeout?: string | undefined;
};

const POLL_MS = 1_000;
const Flags = z.object({ '--timeout': waitingTime });

/**
 * Gives a drone nothing more and waits until it builds nothing. Gives the exit status: 124 when that took too long; it
 * stays paused.
 */
export async function drainDrone(name: string, flags: DrainFlags, terminal: Terminal): Promise<number> {
  const { '--timeout': timeoutMs = Number.POSITIVE_INFINITY } = readSettings(Flags, { '--timeout': flags.timeout });
  const client = await openClient(flags, terminal);
  const { name: paused } = await client.pauseNode({ params: { id: name } });
  const node = await untilIdle(client, paused, { terminal, timeoutMs });
  const left = node.running.length;
  if (flags.json === true) printJson(terminal, node);
  else if (left === 0) terminal.print(`${oneLine(paused)} paused and idle`);
  else
    terminal.print(`${oneLine(paused)} paused, still building ${count(left, 'package')} after ${duration(timeoutMs)}`);
  return left === 0 ? EXIT.ok : EXIT.timedOut;
}

type Waiting = { readonly terminal: Terminal; readonly timeoutMs: number };

async function untilIdle(client: Client, name: string, { terminal, timeoutMs }: Waiting): Promise<Node> {
  const until = performance.now() + timeoutMs;
  const progress = startProgress(terminal, `${oneLine(name)} finishes what it builds`);
  try {
    for (;;) {
      const { node } = await readDrone(client, name);
      const left = until - performance.now();
      if (node.running.length === 0 || left <= 0) return node;
      progress.update(`${oneLine(name)} finishes ${count(node.running.length, 'package')}`);
      await pause(Math.min(POLL_MS, left));
    }
  } finally {
    progress.done();
  }
}
