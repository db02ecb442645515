import { expect, test } from 'vitest';
import { ApiError } from '../client/api-error.ts';
import { SwarmError } from '../core/errors.ts';
import { setbackOf } from './answers.ts';
import { nextAfter } from './log-shipper.ts';

const answered = (status: number, body: unknown = {}) => new ApiError(status, 'why', body);

test('silence, trouble and a missing credential are no verdict on the attempt', () => {
  const unreachable = new SwarmError('SERVER_UNREACHABLE', 'gone');

  const kinds = [unreachable, ...[200, 401, 403, 408, 429, 500, 503].map((status) => answered(status))].map(
    (error) => setbackOf(error).kind,
  );

  expect(new Set(kinds)).toEqual(new Set(['away']));
});

test('an unknown attempt and one of the past are stale, other refusals are final', () => {
  expect([404, 409].map((status) => setbackOf(answered(status)).kind)).toEqual(['stale', 'stale']);
  expect(setbackOf(answered(422))).toEqual({ kind: 'refused', status: 422, why: 'why' });
  expect(setbackOf(answered(413)).kind).toBe('refused');
});

test('a log goes on at the gap, later when nobody answers, and not at all when nobody wants it', () => {
  expect(nextAfter(answered(409, { error: 'gap', next: 12 }))).toEqual({ next: 12 });
  expect(nextAfter(answered(503))).toBe('away');
  expect(nextAfter(new SwarmError('SERVER_UNREACHABLE', 'gone'))).toBe('away');
  expect([nextAfter(answered(409)), nextAfter(answered(404)), nextAfter(answered(409, { next: -1 }))]).toEqual([
    'unwanted',
    'unwanted',
    'unwanted',
  ]);
});
