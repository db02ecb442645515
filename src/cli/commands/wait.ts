import { z } from 'zod';
import type { Client } from '../../client/client.ts';
import type { Api } from '../../contract/api.ts';
import type { ReplyOf } from '../../contract/endpoint.ts';
import type { ConnectionFlags } from '../frame/connection.ts';
import { EXIT } from '../frame/exit-codes.ts';
import { clientOptions, openClient } from '../frame/open-client.ts';
import { readSettings, waitingTime } from '../frame/settings.ts';
import { printJson, type Terminal } from '../frame/terminal.ts';
import { startProgress } from '../output/progress.ts';
import { duration, oneLine } from '../output/text.ts';
import { type SessionNow, untilEnded } from '../waiting/until-ended.ts';

export type WaitFlags = ConnectionFlags & {
  readonly json?: boolean | undefined;
  readonly session?: string | undefined;
  readonly timeout?: string | undefined;
  readonly progress?: boolean | undefined;
};

type Detail = ReplyOf<Api['sessionDetail']>;

const Flags = z.object({ '--timeout': waitingTime });

/** Waits until a session has ended. Gives the exit status, which says how. */
export async function waitForSession(flags: WaitFlags, terminal: Terminal): Promise<number> {
  const { '--timeout': timeoutMs } = readSettings(Flags, { '--timeout': flags.timeout });
  const client = await openClient(flags, terminal);
  const session = await sessionToAwait(client, flags.session);
  if (session === undefined) {
    terminal.tell('There are no sessions: nothing to wait for.');
    return EXIT.ok;
  }
  const ended = await awaitEnd(client, session, { flags, terminal, timeoutMs });
  const detail = await client.sessionDetail({ params: { id: session.id } });
  if (flags.json === true) printJson(terminal, detail);
  else terminal.print(ended ? outcomeLine(detail) : `${stillLine(detail)} after ${duration(timeoutMs ?? 0)}`);
  return ended ? exitCodeOf(detail) : EXIT.timedOut;
}

/** The one that is named; else the newest active one, else the newest of all, which is over. */
async function sessionToAwait(client: Client, text: string | undefined): Promise<SessionNow | undefined> {
  if (text !== undefined) return (await client.sessionDetail({ params: { id: text } })).session;
  const { sessions } = await client.sessions();
  return sessions.find(({ status }) => status === 'active') ?? sessions[0];
}

type Waiting = {
  readonly flags: WaitFlags;
  readonly terminal: Terminal;
  readonly timeoutMs: number | undefined;
};

/** False when the time was over first. */
async function awaitEnd(
  client: Client,
  session: SessionNow,
  { flags, terminal, timeoutMs }: Waiting,
): Promise<boolean> {
  if (session.status !== 'active') return true;
  const stop = new AbortController();
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => stop.abort(), timeoutMs);
  const progress = startProgress(terminal, lineOf(session));
  const tell = (line: string) => {
    if (!terminal.showsProgress) terminal.tell(line);
  };
  let told = '';
  try {
    return await untilEnded({
      ...{ client, connection: await clientOptions(flags, terminal), id: session.id, signal: stop.signal },
      onLook: (now) => {
        const line = lineOf(now);
        progress.update(line, shareOf(now));
        if (flags.progress === true && line !== told) tell(line);
        told = line;
      },
      onAway: () => {
        progress.update('The control plane is away; waiting for it');
        tell('The control plane is away; waiting for it.');
      },
    });
  } finally {
    clearTimeout(timer);
    stop.abort();
    progress.done();
  }
}

function lineOf({ name, completed_packages: received, total_packages: total, failed_packages: failed }: SessionNow) {
  const stuck = failed === 0 ? '' : `, ${failed} blocked or failed`;
  return `Session ${oneLine(name)}: ${received}/${total} received${stuck}`;
}

function shareOf({ completed_packages: received, total_packages: total }: SessionNow): number {
  return total === 0 ? 1 : received / total;
}

function stillLine({ session }: Detail): string {
  return `Session ${oneLine(session.name)} has not ended`;
}

function outcomeLine({ session, counts, figures }: Detail): string {
  const open = [
    [counts.blocked, 'blocked'],
    [counts.failed, 'failed'],
    [counts.needed, 'waiting for those'],
  ] as const;
  const rest = open.flatMap(([number, word]) => (number === 0 ? [] : [`, ${number} ${word}`])).join('');
  return `Session ${oneLine(session.name)} ${session.status}: ${counts.received} received${rest} (took ${duration(figures.makespan_s * 1000)})`;
}

function exitCodeOf({ session, counts }: Detail): number {
  if (session.status === 'aborted') return EXIT.failed;
  return counts.needed + counts.blocked + counts.failed === 0 ? EXIT.ok : EXIT.partly;
}
