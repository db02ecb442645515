import { z } from 'zod';
import type { Client } from '../../client/client.ts';
import type { ConnectionFlags } from '../frame/connection.ts';
import { EXIT } from '../frame/exit-codes.ts';
import { openClient } from '../frame/open-client.ts';
import { integerBetween, readSettings } from '../frame/settings.ts';
import { printJson, type Terminal } from '../frame/terminal.ts';
import { printPaged } from '../output/pager.ts';
import { sectionHead } from '../output/section.ts';
import { tableLines } from '../output/table.ts';
import { oneLine } from '../output/text.ts';
import { localTime } from '../output/times.ts';

type Common = ConnectionFlags & { readonly json?: boolean | undefined };
type Listed = Awaited<ReturnType<Client['notifications']>>;
type Notification = Listed['notifications'][number];

const WAYS = ['webhook', 'ntfy', 'matrix', 'email'] as const;
/** A test waits for the slowest way. */
const TEST_LIMIT_MS = 60_000;

/** Prints by which ways people are told, and what they were told. Gives the exit status. */
export async function listNotifications(
  flags: Common & { readonly limit: string },
  terminal: Terminal,
): Promise<number> {
  const { '--limit': limit } = readSettings(z.object({ '--limit': integerBetween(1, 500) }), {
    '--limit': flags.limit,
  });
  const client = await openClient(flags, terminal);
  const listed = await client.notifications({ query: { limit } });
  if (flags.json === true) printJson(terminal, listed);
  else await printPaged(terminal, linesOf(listed, terminal));
  return EXIT.ok;
}

/** Sends a test, and says how each way fared. Gives the exit status. */
export async function testNotifications(way: string | undefined, flags: Common, terminal: Terminal): Promise<number> {
  const Way = z.object({ way: z.enum(WAYS, `must be one of ${WAYS.join(', ')}`).optional() });
  const { way: channel } = readSettings(Way, { way });
  const client = await openClient(flags, terminal, TEST_LIMIT_MS);
  const { results } = await client.testNotifications({ body: channel === undefined ? {} : { channel } });
  if (flags.json === true) printJson(terminal, { results });
  else {
    for (const { channel: name, sent, error, duration_s: seconds } of results)
      terminal.print(`${name}: ${sent ? `sent in ${seconds.toFixed(1)}s` : `not sent: ${oneLine(error ?? '')}`}`);
  }
  const sent = results.filter((result) => result.sent).length;
  if (sent === results.length) return EXIT.ok;
  return sent === 0 ? EXIT.failed : EXIT.partly;
}

function linesOf({ channels, about, notifications }: Listed, { style, width }: Terminal): string[] {
  const ways = channels.map(({ channel, target }) => `  ${channel.padEnd(7)}  ${oneLine(target)}`);
  const none = ['  Nobody is told anything: no way is set up. See build-swarmv3 notify --help'];
  return [
    ...sectionHead('Ways', style),
    ...(ways.length === 0 ? none : ways),
    ...(ways.length === 0 ? [] : ['', `  About: ${about.length === 0 ? 'nothing' : about.join(', ')}`]),
    ...sectionHead('Told', style),
    ...(notifications.length === 0 ? ['  Nothing yet'] : tableLines(notifications, COLUMNS, { style, width })),
    ...notifications.flatMap(troubleLines),
    '',
  ];
}

const COLUMNS = [
  { title: 'TIME', cell: ({ at }: Notification) => localTime(at), drop: 2 },
  { title: 'ABOUT', cell: ({ kind }: Notification) => kind, drop: 1 },
  { title: 'TITLE', cell: ({ title }: Notification) => oneLine(title), least: 12 },
  { title: 'STATE', cell: stateOf },
];

function stateOf({ deliveries }: Notification): string {
  return deliveries.map(({ channel, state }) => `${channel} ${state}`).join(', ');
}

/** Why something has not arrived. */
function troubleLines({ title, deliveries }: Notification): string[] {
  return deliveries
    .filter(({ state, error }) => state !== 'sent' && error !== null)
    .map(({ channel, state, tries, error }) => {
      const next = state === 'failed' ? 'it is not tried again' : 'it is tried again';
      return `  ${oneLine(title)}: ${channel}: ${oneLine(error ?? '')} (tried ${tries}x; ${next})`;
    });
}
