import type { WireDetail, WireEntry } from '../../app/wire-ports.ts';
import { readBody } from './body.ts';
import { classify, PROTOCOL_QUERY } from './classify.ts';
import type { KeptExchange } from './messages.ts';
import { redactText } from './redact.ts';
import { bodiesRead, summarise } from './summarise.ts';

/** A row of the log's table: the contract's columns and ours. */
export type WireRow = Omit<WireDetail, 'aborted' | 'request_truncated' | 'response_truncated'> & {
  readonly aborted: number;
  readonly request_truncated: number;
  readonly response_truncated: number;
  readonly request_bytes: number | null;
  readonly response_type: string | null;
};

/** The columns in the order of the table; the bodies last, so that a search need not read them. */
export const COLUMNS = [
  'id',
  'timestamp',
  'source_ip',
  'source_node',
  'method',
  'path',
  'msg_type',
  'drone_id',
  'package',
  'session_id',
  'status_code',
  'request_summary',
  'response_summary',
  'latency_ms',
  'content_length',
  'query',
  'actor',
  'user_agent',
  'aborted',
  'request_bytes',
  'response_type',
  'request_truncated',
  'response_truncated',
  'request_body',
  'response_body',
] as const satisfies readonly (keyof WireRow)[];

/** What is written down of an exchange; undefined for questions about the log itself. */
export function rowOf(id: number, exchange: KeptExchange): WireRow | undefined {
  const { method, status, isAborted, count } = exchange;
  const [path, query] = addressOf(exchange.url);
  const type = classify(method, path);
  if (type === PROTOCOL_QUERY) return undefined;
  const reads = bodiesRead(type, count);
  const request = readBody(exchange.requestBody, {
    isCut: exchange.isRequestCut,
    isWanted: reads === 'both' || reads === 'request',
  });
  const response = readBody(exchange.responseBody, {
    isCut: exchange.isResponseCut,
    // What went wrong is summed up by its status.
    isWanted: status === 200 && (reads === 'both' || reads === 'response'),
  });
  const summary = summarise({
    type,
    method,
    path,
    query,
    status,
    isAborted,
    asked: request.said,
    answered: response.said,
    answerText: response.kept,
    count,
  });
  return {
    id,
    timestamp: exchange.at / 1000,
    source_ip: exchange.sourceIp,
    source_node: summary.sourceNode,
    method,
    path,
    msg_type: type,
    drone_id: summary.droneId,
    package: summary.package,
    session_id: summary.sessionId,
    status_code: status,
    request_summary: summary.request,
    response_summary: summary.response,
    latency_ms: Math.round(exchange.latencyMs * 1000) / 1000,
    content_length: exchange.responseBytes,
    query,
    actor: exchange.actor,
    user_agent: exchange.userAgent,
    aborted: Number(isAborted),
    request_bytes: exchange.requestBytes,
    response_type: exchange.responseType,
    request_truncated: Number(exchange.isRequestCut),
    response_truncated: Number(exchange.isResponseCut),
    request_body: request.kept,
    response_body: response.kept,
  };
}

/** Path and query, without secrets. */
function addressOf(url: string): [path: string, query: string | null] {
  const safe = redactText(url);
  const mark = safe.indexOf('?');
  return mark < 0 ? [safe, null] : [safe.slice(0, mark), safe.slice(mark + 1)];
}

/** A row as readers of the log see it in a list. */
export function entryOf(row: WireRow): WireEntry {
  const {
    request_body: _asked,
    response_body: _answered,
    request_truncated: _isAskedCut,
    response_truncated: _isAnsweredCut,
    response_type: _type,
    ...entry
  } = row;
  return { ...entry, aborted: row.aborted === 1 };
}

/** A row with its bodies. */
export function detailOf(row: WireRow): WireDetail {
  return {
    ...entryOf(row),
    request_body: row.request_body,
    response_body: row.response_body,
    request_truncated: row.request_truncated === 1,
    response_truncated: row.response_truncated === 1,
  };
}
