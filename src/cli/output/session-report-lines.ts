import type { Api } from '../../contract/api.ts';
import type { ReplyOf } from '../../contract/endpoint.ts';
import type { Terminal } from '../frame/terminal.ts';
import { sectionHead, stateColour } from './section.ts';
import type { Style } from './style.ts';
import { type Column, tableLines } from './table.ts';
import { duration, oneLine, wrap } from './text.ts';
import { localTimeOrNone, tookText } from './times.ts';

type Session = ReplyOf<Api['sessionDetail']>['session'];
type Detail = ReplyOf<Api['sessionDetail']>;
type Figures = Detail['figures'];
type Estimates = ReplyOf<Api['estimates']>;
type Look = Pick<Terminal, 'style' | 'width'>;

/** Columns before the value. */
const LABEL = 16;
const WIDEST = 80;

/** The sessions, one a line. */
export function sessionListLines(sessions: readonly Session[], look: Look): string[] {
  if (sessions.length === 0) return ['There are no sessions yet: build-swarmv3 queue add, or fresh, begins one.'];
  const columns: Column<Session>[] = [
    { title: 'Session', cell: ({ id }) => id, least: 12 },
    { title: 'Name', cell: ({ name }) => oneLine(name), least: 12 },
    { title: 'Status', cell: ({ status }) => status, paint: (text, row) => stateColour(row.status, look.style)(text) },
    { title: 'Received', cell: (row) => `${row.completed_packages}/${row.total_packages}`, align: 'right' },
    { title: 'Failed', cell: (row) => String(row.failed_packages), align: 'right', drop: 1 },
    { title: 'Started', cell: (row) => localTimeOrNone(row.started_at), drop: 2 },
    { title: 'Took', cell: (row) => tookOf(row), align: 'right', drop: 3 },
  ];
  return tableLines(sessions, columns, look);
}

/** All about one session, and when it is expected to end where that is known. */
export function sessionDetailLines(detail: Detail, estimates: Estimates | undefined, look: Look): string[] {
  const { session, counts, figures, failures, slowest } = detail;
  const { style } = look;
  const label = labelled(style);
  const total = counts.needed + counts.delegated + counts.received + counts.blocked + counts.failed;
  const share = total === 0 ? '' : ` (${((100 * counts.received) / total).toFixed(1)}%)`;
  return [
    ...sectionHead(`Session ${oneLine(session.name)}`, style),
    label('Id', session.id),
    label('Status', stateColour(session.status, style)(session.status)),
    label('Started', localTimeOrNone(session.started_at)),
    ...(detail.queued_by === null ? [] : [label('Queued by', personText(detail.queued_by))]),
    ...endLines(session, estimates, look),
    ...(detail.ended_by === null ? [] : [label('Aborted by', personText(detail.ended_by))]),
    label('Took', duration(figures.makespan_s * 1000)),
    ...(session.labels.length === 0 ? [] : [label('Labels', session.labels.join(', '))]),
    '',
    label('Received', `${counts.received} of ${total}${share}`),
    label('Needed', `${counts.needed}${counts.needed === 0 ? '' : ` (${counts.ready} ready)`}`),
    label('Delegated', String(counts.delegated)),
    label('Blocked', String(counts.blocked)),
    label('Failed', String(counts.failed)),
    label('Builds', buildsOf(figures)),
    label('Build time', duration(figures.build_s * 1000)),
    '',
    ...part('Drones', droneLines(figures, look)),
    ...part('Slowest packages', slowestLines(slowest, look)),
    ...part('Blocked and failed', failureLines(failures, look)),
  ];
}

function labelled({ dim }: Style): (name: string, value: string) => string {
  return (name, value) => `  ${dim(`${name}:`.padEnd(LABEL - 2))}${value}`;
}

function part(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}:`, ...lines, ''];
}

function endLines(session: Session, estimates: Estimates | undefined, { style, width }: Look): string[] {
  const label = labelled(style);
  if (session.completed_at !== null)
    return [label(session.status === 'aborted' ? 'Aborted' : 'Ended', localTimeOrNone(session.completed_at))];
  const [first = '', ...more] = wrap(expectedEnd(estimates), Math.min(width, WIDEST) - LABEL);
  return [label('Expected end', first), ...more.map((line) => `${' '.repeat(LABEL)}${line}`)];
}

function buildsOf({ builds, failed, success_rate: rate }: Figures): string {
  return builds === 0 ? 'none yet' : `${builds}, ${failed} failed${rate === null ? '' : `, ${rate}% success`}`;
}

function droneLines({ drones }: Figures, look: Look): string[] {
  if (drones.length === 0) return [];
  const columns: Column<Figures['drones'][number]>[] = [
    { title: 'Drone', cell: ({ name }) => name, least: 12 },
    { title: 'Built', cell: ({ built }) => String(built), align: 'right' },
    { title: 'Failed', cell: ({ failed }) => String(failed), align: 'right', drop: 1 },
    { title: 'Building', cell: ({ build_s: seconds }) => tookText(seconds), align: 'right', drop: 2 },
    { title: 'Busy', cell: ({ utilisation }) => `${utilisation}%`, align: 'right' },
  ];
  return tableLines(drones, columns, { ...look, indent: 4 });
}

function slowestLines(slowest: Detail['slowest'], look: Look): string[] {
  if (slowest.length === 0) return [];
  const columns: Column<Detail['slowest'][number]>[] = [
    { title: 'Package', cell: (row) => oneLine(row.package), least: 20 },
    { title: 'Drone', cell: (row) => row.drone, least: 8, drop: 1 },
    { title: 'Duration', cell: (row) => tookText(row.duration_s), align: 'right' },
  ];
  return tableLines(slowest, columns, { ...look, indent: 4 });
}

function failureLines(failures: Detail['failures'], look: Look): string[] {
  if (failures.length === 0) return [];
  const columns: Column<Detail['failures'][number]>[] = [
    { title: 'Package', cell: (row) => oneLine(row.package), least: 20 },
    { title: 'State', cell: (row) => row.status, paint: (text, row) => stateColour(row.status, look.style)(text) },
    { title: 'Class', cell: (row) => row.failure_class ?? '-', drop: 1 },
    { title: 'Reason', cell: (row) => oneLine(row.reason ?? '-'), least: 16 },
  ];
  return tableLines(failures, columns, { ...look, indent: 4 });
}

function personText({ name, role, address }: NonNullable<Detail['queued_by']>): string {
  return `${oneLine(name)} (${role}) from ${address}`;
}

/** The API answers for all sessions where it is not asked for one. */
function expectedEnd(estimates: Estimates | undefined): string {
  const session = estimates?.sessions[0];
  const reason = session?.reason ?? estimates?.reason;
  if (session?.end_p50 == null || session.end_p90 === null) return `unknown${reason == null ? '' : ` (${reason})`}`;
  return `${localTimeOrNone(session.end_p50).slice(0, 16)} (P50) to ${localTimeOrNone(session.end_p90).slice(0, 16)} (P90)`;
}

function tookOf({ started_at: from, completed_at: to }: Session): string {
  return to === null ? '-' : duration((to - from) * 1000);
}
