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
import { localTime, localTimeOrNone, tookText } from '../output/times.ts';

type Common = ConnectionFlags & { readonly json?: boolean | undefined };
type Listed = Awaited<ReturnType<Client['escalations']>>['escalations'];
type Escalation = Listed[number];
type Step = Escalation['steps'][number];

/** Prints what was done about drones that did not go on; of one drone with each step. Gives the exit status. */
export async function listEscalations(
  drone: string | undefined,
  flags: Common & { readonly open?: boolean | undefined; readonly limit: string },
  terminal: Terminal,
): Promise<number> {
  const { '--limit': limit } = readSettings(z.object({ '--limit': integerBetween(1, 200) }), {
    '--limit': flags.limit,
  });
  const client = await openClient(flags, terminal);
  const open = flags.open === true ? { open: 'true' } : {};
  const reply = await client.escalations({ query: { limit, ...(drone === undefined ? {} : { drone }), ...open } });
  if (flags.json === true) printJson(terminal, reply.escalations);
  else if (reply.escalations.length === 0) terminal.print(nothing(drone, reply.limit));
  else await printPaged(terminal, linesOf(reply.escalations, drone !== undefined, terminal));
  return EXIT.ok;
}

/** A person sees to a drone. Gives the exit status. */
export async function attend(name: string, flags: Common, terminal: Terminal): Promise<number> {
  const client = await openClient(flags, terminal);
  const closed = await client.closeEscalation({ params: { id: name } });
  if (flags.json === true) printJson(terminal, closed);
  else terminal.print(`${oneLine(closed.drone)} is left to you; nothing more is done about it`);
  return EXIT.ok;
}

function nothing(drone: string | undefined, limit: string): string {
  const off = limit === 'off' ? ' (SWARM_ESCALATION is off: nobody looks)' : '';
  return `Nothing was to be done about ${drone === undefined ? 'any drone' : oneLine(drone)}${off}`;
}

function linesOf(escalations: Listed, isDetailed: boolean, { style, width }: Terminal): string[] {
  if (!isDetailed) return ['', ...tableLines(escalations, COLUMNS, { style, width }), ''];
  return [
    ...escalations.flatMap((each) => [
      ...sectionHead(`${oneLine(each.drone)}, ${localTime(each.opened_at)}: ${stateOf(each)}`, style),
      `  ${oneLine(each.says)}`,
      '',
      ...tableLines(each.steps, STEP_COLUMNS, { style, width }),
    ]),
    '',
  ];
}

const COLUMNS = [
  { title: 'SINCE', cell: ({ opened_at: at }: Escalation) => localTime(at), drop: 3 },
  { title: 'DRONE', cell: ({ drone }: Escalation) => oneLine(drone), least: 8 },
  { title: 'STATE', cell: stateOf },
  { title: 'STEPS', cell: stepsOf, least: 10, drop: 2 },
  { title: 'WHY', cell: ({ says }: Escalation) => oneLine(says), least: 12, drop: 1 },
];

const STEP_COLUMNS = [
  { title: 'TIME', cell: ({ started_at: at }: Step) => localTimeOrNone(at), drop: 2 },
  { title: 'STEP', cell: ({ step }: Step) => step },
  { title: 'RESULT', cell: ({ outcome }: Step) => outcome ?? 'running' },
  { title: 'TOOK', cell: tookOf, align: 'right' as const, drop: 1 },
  { title: 'SAYS', cell: ({ says, because }: Step) => oneLine(says ?? because), least: 12 },
];

function stateOf({ state, ending }: Escalation): string {
  return ending ?? state;
}

/** Without the probes. */
function stepsOf({ steps }: Escalation): string {
  const taken = steps.filter(({ step }) => step !== 'probe').map(({ step }) => step);
  return taken.length === 0 ? '-' : taken.join(', ');
}

function tookOf({ started_at: from, ended_at: to }: Step): string {
  return tookText(to === null ? null : to - from);
}
