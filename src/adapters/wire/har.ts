import { STATUS_CODES } from 'node:http';
import type { WireRow } from './entry.ts';

/**
 * One entry as HAR 1.2 describes it. What the log does not keep (headers but one, sizes of headers) is left
 * out or -1, as the format says; what HAR has no place for is in fields that begin with `_`.
 */
export function harEntry(row: WireRow, baseUrl: string): Record<string, unknown> {
  const startedAt = new Date(row.timestamp * 1000 - row.latency_ms).toISOString();
  return {
    startedDateTime: startedAt,
    time: row.latency_ms,
    request: harRequest(row, baseUrl),
    response: harResponse(row),
    cache: {},
    timings: { send: 0, wait: row.latency_ms, receive: 0 },
    _id: row.id,
    _clientIPAddress: row.source_ip,
    _actor: row.actor,
    _type: row.msg_type,
    _drone: row.drone_id,
    _package: row.package,
    _session: row.session_id,
    _summary: `${row.request_summary} -> ${row.response_summary}`,
    _aborted: row.aborted === 1,
  };
}

function harRequest(row: WireRow, baseUrl: string): Record<string, unknown> {
  const query = row.query ?? '';
  return {
    method: row.method,
    url: `${baseUrl}${row.path}${query === '' ? '' : `?${query}`}`,
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: row.user_agent === null ? [] : [{ name: 'User-Agent', value: row.user_agent }],
    queryString: [...new URLSearchParams(query)].map(([name, value]) => ({ name, value })),
    ...(row.request_body !== null && {
      postData: {
        mimeType: 'application/json',
        params: [],
        text: row.request_body,
        ...(row.request_truncated === 1 && { comment: CUT }),
      },
    }),
    headersSize: -1,
    bodySize: row.request_bytes ?? -1,
  };
}

const CUT = 'cut: longer than the protocol log keeps';

function harResponse(row: WireRow): Record<string, unknown> {
  return {
    status: row.status_code,
    statusText: STATUS_CODES[row.status_code] ?? '',
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: row.response_type === null ? [] : [{ name: 'Content-Type', value: row.response_type }],
    content: {
      size: row.content_length,
      mimeType: row.response_type ?? 'application/octet-stream',
      ...(row.response_body !== null && { text: row.response_body }),
      ...(row.response_truncated === 1 && { comment: CUT }),
    },
    redirectURL: '',
    headersSize: -1,
    bodySize: row.content_length,
  };
}
