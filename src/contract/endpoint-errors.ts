import type { ErrorCode } from '../core/errors.ts';
import type { Endpoint } from './endpoint.ts';

/** What may go wrong with an endpoint: what follows from its row, and what it names itself. */
export function errorsOf(endpoint: Endpoint): readonly ErrorCode[] {
  const { access, method, body, raw, errors = [] } = endpoint;
  const isChecked = [endpoint.params, endpoint.query, body].some((schema) => schema !== undefined);
  const codes: ErrorCode[] = [
    ...(isChecked ? (['BAD_REQUEST'] as const) : []),
    ...(access === 'open' ? [] : (['UNAUTHORIZED', 'FORBIDDEN'] as const)),
    ...(method === 'GET' ? [] : (['FORBIDDEN_ORIGIN'] as const)),
    ...(body === undefined || raw === 'body' ? [] : (['REQUEST_TIMEOUT', 'BODY_TOO_LARGE'] as const)),
    ...errors,
  ];
  return [...new Set(codes)];
}
