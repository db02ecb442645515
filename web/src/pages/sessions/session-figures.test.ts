import { expect, test } from 'vitest';
import { atOnce, changeOf, makespanOf, meanUtilisation, outcomeOf, successOf } from './session-figures.ts';
import { compareSearch, sessionSearch, sessionsSearch } from './sessions-search.ts';

test('a session that goes on has taken until now', () => {
  expect(makespanOf({ started_at: 100, completed_at: null }, 160)).toBe(60);
  expect(makespanOf({ started_at: 100, completed_at: 130 }, 160)).toBe(30);
});

test('figures of nothing are not known', () => {
  expect([atOnce(0, 10), atOnce(10, 0), successOf(0, 0), meanUtilisation([])]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect([atOnce(30, 10), successOf(3, 1)]).toEqual([3, 75]);
});

test('a session that is over says what it did not build', () => {
  expect(outcomeOf({ status: 'completed', failed_packages: 4 })).toEqual({ tone: 'blocked', label: '4 failed' });
  expect(outcomeOf({ status: 'aborted', failed_packages: 4 }).label).toBe('aborted');
});

test('changes are in percent of what was before', () => {
  expect([changeOf(100, 112), changeOf(100, 97), changeOf(10, 10), changeOf(0, 5)]).toEqual([
    '+12%',
    '−3%',
    'same',
    '',
  ]);
});

test('addresses are read with care', () => {
  expect(sessionsSearch({ state: 'all', text: '' })).toEqual({});
  expect(sessionsSearch({ state: 'aborted', text: 'world' })).toEqual({ state: 'aborted', text: 'world' });
  expect(sessionSearch({ state: 'nonsense', text: 7 })).toEqual({ text: '7' });
  expect(compareSearch({ a: 's-1', b: ['x'] })).toEqual({ a: 's-1' });
});
