import { z } from 'zod';
import { type Client, type ClientOptions, createClient } from '../../client/client.ts';
import type { ClientReply } from '../../client/request.ts';
import { followSwarm } from '../../client/stream.ts';
import type { Api } from '../../contract/api.ts';
import { SwarmError } from '../../core/errors.ts';
import { EVENT_TYPES, type EventType } from '../../core/events.ts';
import type { ConnectionFlags } from '../frame/connection.ts';
import { EXIT } from '../frame/exit-codes.ts';
import { momentBefore } from '../frame/moment.ts';
import { clientOptions } from '../frame/open-client.ts';
import { integerBetween, readSettings } from '../frame/settings.ts';
import { printJson, printNdjson, type Terminal } from '../frame/terminal.ts';
import { openOutlet } from '../output/outlet.ts';
import { printPaged } from '../output/pager.ts';
import { tableLines } from '../output/table.ts';
import { cut, oneLine } from '../output/text.ts';
import { localTime } from '../output/times.ts';

export type EventsFlags = ConnectionFlags & {
  readonly json?: boolean | undefined;
  readonly ndjson?: boolean | undefined;
  readonly follow?: boolean | undefined;
  readonly type?: string | undefined;
  readonly drone?: string | undefined;
  readonly since?: string | undefined;
  readonly limit?: string | undefined;
};

type Event = ClientReply<Api['eventsHistory']>['events'][number];

const TYPES = Object.keys(EVENT_TYPES);

const MOST = 2_000;

const RANGE = `must be of ${TYPES.join(', ')}`;

const Types = z
  .string()
  .transform((text) => text.split(',').map((type) => type.trim()))
  .pipe(z.array(z.string()).refine((types) => types.every((type) => Object.hasOwn(EVENT_TYPES, type)), RANGE));

/** Prints what has happened, and with --follow what happens. Gives the exit status. */
export async function events(flags: EventsFlags, terminal: Terminal): Promise<number> {
  const wish = readSettings(
    z.object({
      '--type': Types.optional(),
      '--since': momentBefore(Date.now()).optional(),
      '--limit': integerBetween(0, MOST),
    }),
    { '--type': flags.type, '--since': flags.since, '--limit': flags.limit ?? '50' },
  );
  if (flags.follow === true && flags.json === true)
    throw new SwarmError('BAD_SETTING', '--json prints one answer: with --follow use --ndjson');
  const options = await clientOptions(flags, terminal);
  const client = createClient(options);
  const filter = { types: wish['--type'], drone: flags.drone, since: wish['--since'] };
  const drones = await droneNames(client, flags);
  const newest = flags.follow === true ? (await client.events({ query: { since: 0 } })).latest_id : 0;
  const past = await pastEvents(client, filter, wish['--limit']);
  if (flags.json === true) {
    printJson(terminal, { events: past, total: past.length });
    return EXIT.ok;
  }
  await show(past, flags, terminal);
  if (flags.follow !== true) return EXIT.ok;
  const after = Math.max(newest, past.at(-1)?.id ?? 0);
  return follow(options, { ...filter, drones, after }, { flags, terminal });
}

type Filter = {
  readonly types: readonly string[] | undefined;
  readonly drone: string | undefined;
  readonly since: number | undefined;
};

/** The newest of them, oldest first. */
async function pastEvents(client: Client, { types, drone, since }: Filter, limit: number): Promise<readonly Event[]> {
  if (limit === 0) return [];
  const ask = async (type?: string) => (await client.eventsHistory({ query: { since, limit, drone, type } })).events;
  if (types === undefined) return ask();
  const found = await Promise.all(types.map(ask));
  return found
    .flat()
    .sort((one, other) => one.id - other.id)
    .slice(-limit);
}

/** By which a drone is told in messages of the stream: they name its id only. */
async function droneNames(client: Client, { drone, follow: follows }: EventsFlags): Promise<ReadonlySet<string>> {
  if (drone === undefined || follows !== true) return new Set();
  const known = await client.nodes({ query: { all: 'true' } });
  const nodes = Array.isArray(known) ? known : known.drones;
  return new Set([drone, ...nodes.filter(({ id, name }) => id === drone || name === drone).map(({ id }) => id)]);
}

async function show(past: readonly Event[], { ndjson, follow: follows }: EventsFlags, terminal: Terminal) {
  if (ndjson === true) for (const event of past) printNdjson(terminal, event);
  else if (follows === true) for (const event of past) terminal.print(eventLine(event, terminal));
  else if (past.length === 0) terminal.print('\n  Nothing has happened that fits.\n');
  else await printPaged(terminal, ['', ...tableOf(past, terminal), '']);
}

function tableOf(past: readonly Event[], { style, width }: Terminal): string[] {
  return tableLines(
    past,
    [
      { title: 'Time', cell: ({ timestamp }) => localTime(timestamp) },
      { title: 'Type', cell: ({ type }) => oneLine(type), paint: (text, { type }) => painted(text, type, { style }) },
      { title: 'Message', cell: ({ message }) => oneLine(message), least: 20 },
    ],
    { style, width },
  );
}

const TYPE_WIDTH = 8;

/** As a row of the table, whose columns are known beforehand. */
function eventLine({ timestamp, type, message }: Event, { style, width }: Terminal): string {
  const head = `  ${localTime(timestamp)}  `;
  const word = oneLine(type).padEnd(TYPE_WIDTH);
  const room = width - head.length - word.length - 2;
  return `${head}${painted(word, type, { style })}  ${cut(oneLine(message), room, style.signs.more)}`;
}

const RED: ReadonlySet<string> = new Set<EventType>([
  'fail',
  'refused',
  'offline',
  'grounded',
  'disabled',
  'stuck',
  'disk',
]);
const YELLOW: ReadonlySet<string> = new Set<EventType>([
  'return',
  'stale',
  'reclaim',
  'control',
  'binhost',
  'escalation',
]);
const GREEN: ReadonlySet<string> = new Set<EventType>(['complete', 'register', 'session']);

function painted(text: string, type: string, { style }: Pick<Terminal, 'style'>): string {
  if (RED.has(type)) return style.red(text);
  if (YELLOW.has(type)) return style.yellow(text);
  return GREEN.has(type) ? style.green(text) : style.cyan(text);
}

async function follow(
  options: ClientOptions,
  { types, drone, drones, after }: Filter & { drones: ReadonlySet<string>; after: number },
  { flags, terminal }: { flags: EventsFlags; terminal: Terminal },
): Promise<number> {
  const outlet = await openOutlet(undefined);
  let isLost = false;
  const messages = followSwarm(options, {
    topics: ['events'],
    since: String(after),
    onLost: () => {
      if (!isLost) terminal.tell('The connection to the control plane is lost; it is tried again.');
      isLost = true;
    },
  });
  for await (const { event, data } of messages) {
    if (isLost) terminal.tell('The control plane is back.');
    isLost = false;
    if (event === 'resync') terminal.tell('Some events were left out: too many at once, or too long ago.');
    if (event !== 'events') continue;
    if (types !== undefined && !types.includes(data.type)) continue;
    if (drone !== undefined && !drones.has(data.drone_id ?? '') && data.details['drone'] !== drone) continue;
    const { drone_id: _, package: __, ...told } = data;
    await outlet.write(`${flags.ndjson === true ? JSON.stringify(told) : eventLine(told, terminal)}\n`);
  }
  return EXIT.ok;
}
