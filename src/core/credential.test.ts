import { expect, test } from 'vitest';
import { isLive, mayBeCalled, maySpeakFor, parseToken, tokenText } from './credential.ts';

const PARTS = { id: '0123456789ab', secret: '0123456789abcdef'.repeat(3) };

test('a token is its two halves, one word for a double click', () => {
  const text = tokenText(PARTS);

  expect(parseToken(text)).toEqual(PARTS);
  expect(text).toMatch(/^\w+$/);
});

test.each([
  ['nothing', ''],
  ['another prefix', tokenText(PARTS).replace('bsw', 'BSW')],
  ['a short secret', tokenText(PARTS).slice(0, -1)],
  ['a long secret', `${tokenText(PARTS)}0`],
  ['capital digits', tokenText(PARTS).toUpperCase()],
  ['a line end', `${tokenText(PARTS)}\n`],
  ['a book', 'bsw_'.repeat(100_000)],
])('%s is no token', (_, text) => {
  expect(parseToken(text)).toBeUndefined();
});

test('a credential ends when it is revoked, and at the moment it expires', () => {
  expect(isLive({ revokedAt: null, expiresAt: null }, 1000)).toBe(true);
  expect(isLive({ revokedAt: null, expiresAt: 1001 }, 1000)).toBe(true);
  expect(isLive({ revokedAt: null, expiresAt: 1000 }, 1000)).toBe(false);
  expect(isLive({ revokedAt: 999, expiresAt: null }, 1000)).toBe(false);
});

test('a drone speaks for itself, an admin for any drone', () => {
  expect(maySpeakFor({ kind: 'drone', droneId: 'anvil' }, 'anvil')).toBe(true);
  expect(maySpeakFor({ kind: 'drone', droneId: 'anvil' }, 'bellows')).toBe(false);
  expect(maySpeakFor({ kind: 'drone', droneId: 'anvil' }, undefined)).toBe(false);
  expect(maySpeakFor({ kind: 'admin', droneId: null }, 'bellows')).toBe(true);
});

test('a drone that enrolled keeps the name it enrolled under', () => {
  const anvil = { kind: 'drone', name: 'anvil', joinedWith: 'rack' } as const;

  expect(mayBeCalled(anvil, 'anvil')).toBe(true);
  expect(mayBeCalled(anvil, null)).toBe(true);
  expect(mayBeCalled(anvil, 'bellows')).toBe(false);
  // Of a token that an admin made, the name is a note.
  expect(mayBeCalled({ ...anvil, joinedWith: null }, 'bellows')).toBe(true);
  expect(mayBeCalled({ ...anvil, kind: 'admin' }, 'bellows')).toBe(true);
});
