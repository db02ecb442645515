import { expect, test } from 'vitest';
import { ApiError } from '../../../../src/client/api-error.ts';
import { deliveryWords, isForbidden, wayName } from './notification-words.ts';

test('a delivery says how far it is', () => {
  expect(deliveryWords({ state: 'sent', tries: 1 }).label).toBe('delivered');
  expect(deliveryWords({ state: 'failed', tries: 8 }).label).toBe('given up');
  expect(deliveryWords({ state: 'pending', tries: 0 }).label).toBe('waits');
  expect(deliveryWords({ state: 'pending', tries: 2 }).label).toBe('is tried again');
});

test('ways have names, those of a later version too', () => {
  expect(wayName('email')).toBe('E-mail');
  expect(wayName('pigeon')).toBe('pigeon');
});

test('not allowed is something else than not working', () => {
  expect(isForbidden(new ApiError(401, 'who are you', {}))).toBe(true);
  expect(isForbidden(new ApiError(403, 'not you', {}))).toBe(true);
  expect(isForbidden(new ApiError(500, 'broken', {}))).toBe(false);
  expect(isForbidden(new Error('no answer'))).toBe(false);
});
