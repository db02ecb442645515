import type { WireDensity, WireDetail, WireExportPage, WireStats } from '../../app/wire-ports.ts';
import { COLUMNS, detailOf, entryOf, type WireRow } from './entry.ts';
import { harEntry } from './har.ts';
import type { LogFile } from './log-file.ts';
import type { Question } from './messages.ts';
import type { Pruner } from './prune.ts';
import { searchRows } from './search.ts';
import type { Writer } from './writer.ts';

type Deps = {
  readonly file: LogFile;
  readonly writer: Writer;
  readonly pruner: Pruner;
  /** Lets the thread write what has arrived in the meantime. */
  readonly breathe: () => Promise<void>;
};

type ListQuestion = Extract<Question, { ask: 'list' }>;
type StatsQuestion = Extract<Question, { ask: 'stats' }>;
type ExportQuestion = Extract<Question, { ask: 'export' }>;

const LISTED = COLUMNS.filter((column) => column !== 'request_body' && column !== 'response_body');
/** Entries and characters of one piece of an export. */
const EXPORT_ROWS = 200;
const EXPORT_CHARS = 1_000_000;

/** The answer to a question, from the file. */
export async function answerQuestion(deps: Deps, question: Question): Promise<unknown> {
  switch (question.ask) {
    case 'list':
      return listEntries(deps, question);
    case 'detail':
      return detail(deps.file, question.id);
    case 'stats':
      return stats(deps, question);
    case 'density':
      return density(deps.file, question);
    case 'newest':
      return deps.writer.lastId();
    case 'export':
      return exportPage(deps, question);
  }
}

async function listEntries(deps: Deps, { filter, limit, order }: ListQuestion): Promise<string> {
  const search = { filter, order, columns: LISTED, dronesNamed: namesOf(deps) };
  const entries: string[] = [];
  for (const rows of searchRows<WireRow>(deps.file, search, limit)) {
    for (const row of rows) entries.push(JSON.stringify(entryOf(row)));
    await deps.breathe();
  }
  return `{"entries":[${entries.join(',')}]}`;
}

function namesOf({ writer }: Deps) {
  return (name: string) => writer.dronesNamed(name);
}

function detail(file: LogFile, id: number): WireDetail | undefined {
  const row = file.prepare<[number], WireRow>(`SELECT ${COLUMNS.join(', ')} FROM protocol_log WHERE id = ?`).get(id);
  return row && detailOf(row);
}

function stats({ file, pruner }: Deps, { since, isByDrone }: StatsQuestion): WireStats {
  const byType = file
    .prepare<[number], WireStats['by_type'][number]>(
      `SELECT msg_type, count(*) AS count, avg(latency_ms) AS avg_latency, max(latency_ms) AS max_latency
       FROM protocol_log WHERE timestamp > ? GROUP BY msg_type ORDER BY count DESC, msg_type`,
    )
    .all(since ?? -1);
  const total = byType.reduce((sum, each) => sum + each.count, 0);
  const rows =
    since === null ? total : (file.prepare<[], number>('SELECT count(*) FROM protocol_log').pluck().get() ?? 0);
  const byDrone = isByDrone ? { by_drone: statsByDrone(file, since) } : {};
  return { total, by_type: byType, ...byDrone, rows, bytes: pruner.usedBytes() };
}

/** A question for work is answered when there is some: its time says nothing. */
function statsByDrone(file: LogFile, since: number | null): NonNullable<WireStats['by_drone']> {
  return file
    .prepare<[number], NonNullable<WireStats['by_drone']>[number]>(
      `SELECT drone_id, count(*) AS count, avg(latency_ms) AS avg_latency, max(latency_ms) AS max_latency
       FROM protocol_log WHERE timestamp > ? AND drone_id IS NOT NULL AND msg_type <> 'work_request'
       GROUP BY drone_id ORDER BY drone_id`,
    )
    .all(since ?? -1);
}

/** Answered by the index alone. */
function density(file: LogFile, { start, end, buckets, type, minLatencyMs }: WireDensity): number[] {
  const counts = Array.from({ length: buckets }, () => 0);
  if (end < start) return counts;
  const widthS = (end - start) / buckets;
  const slice = widthS > 0 ? 'min(CAST((timestamp - $start) / $width AS INTEGER), $last)' : '0';
  const fits = `${type === undefined ? '' : ' AND msg_type = $type'}${minLatencyMs === undefined ? '' : ' AND latency_ms >= $slow'}`;
  const rows = file
    .prepare<[Record<string, number | string>], { slice: number; count: number }>(
      `SELECT ${slice} AS slice, count(*) AS count FROM protocol_log
       WHERE timestamp BETWEEN $start AND $end${fits} GROUP BY 1`,
    )
    .all({
      ...{ start, end },
      ...(widthS > 0 && { width: widthS, last: buckets - 1 }),
      ...(type !== undefined && { type }),
      ...(minLatencyMs !== undefined && { slow: minLatencyMs }),
    });
  for (const row of rows) counts[row.slice] = row.count;
  return counts;
}

async function exportPage(deps: Deps, { filter, format, baseUrl }: ExportQuestion): Promise<WireExportPage> {
  const search = { filter, order: 'asc', columns: COLUMNS, dronesNamed: namesOf(deps) } as const;
  const pieces: string[] = [];
  let chars = 0;
  for (const rows of searchRows<WireRow>(deps.file, search, EXPORT_ROWS)) {
    for (const row of rows) {
      const piece = JSON.stringify(format === 'har' ? harEntry(row, baseUrl) : detailOf(row));
      chars += piece.length;
      pieces.push(piece);
      if (pieces.length >= EXPORT_ROWS || chars >= EXPORT_CHARS) return { text: joined(pieces, format), next: row.id };
    }
    await deps.breathe();
  }
  return { text: joined(pieces, format), next: null };
}

function joined(pieces: readonly string[], format: ExportQuestion['format']): string {
  return format === 'har' ? pieces.join(',\n') : pieces.map((piece) => `${piece}\n`).join('');
}
