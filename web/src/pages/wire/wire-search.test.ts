import { expect, test } from 'vitest';
import { isFiltered, wireQuery, wireSearch } from './wire-search.ts';

test('an address that anybody wrote becomes what can be asked for, and what is usual is left out', () => {
  expect(
    wireSearch({ type: 'complete', drone: 7, latency: '12.5', since: 1795000000.5, open: 3, still: true }),
  ).toEqual({
    ...{ type: 'complete', drone: '7', latency: 12.5, since: 1795000000.5, open: 3, still: true },
  });
  expect(
    wireSearch({ type: '', status: 'bad', latency: -1, since: 'x', until: null, span: '1h', open: 'x', still: 'no' }),
  ).toEqual({});
});

test('endings and statuses become bounds of the status', () => {
  expect(wireQuery(wireSearch({ status: 'ok' }))).toEqual({ max_status: 399 });
  expect(wireQuery(wireSearch({ status: '4xx' }))).toEqual({ min_status: 400, max_status: 499 });
  expect(wireQuery(wireSearch({ status: 409 }))).toEqual({ status: 409 });
});

test('the time ends where the address says, else where pages are', () => {
  expect(wireQuery({ since: 5 }, 9)).toEqual({ since_time: 5, until: 9 });
  expect(wireQuery({ until: 7 }, 9)).toEqual({ until: 7 });
});

test('what is looked at and how is no filter', () => {
  expect(isFiltered({ open: 4, still: true, span: '6h' })).toBe(false);
  expect(isFiltered({ latency: 10 })).toBe(true);
});
