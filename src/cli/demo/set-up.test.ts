import { expect, test } from 'vitest';
import { prefixNames } from './set-up.ts';

test.each([1, 3, 9, 10, 32])('with %i drones all prefixes have names of one length, and no two the same', (drones) => {
  const names = prefixNames(drones, String(drones).length);

  const all = [...names.drones, names.client];
  expect(new Set(all.map((name) => name.length)).size).toBe(1);
  expect(new Set(all).size).toBe(drones + 1);
});

test('the first drone and the client are called what people expect', () => {
  expect(prefixNames(3, 1)).toEqual({ drones: ['drone-1', 'drone-2', 'drone-3'], client: 'client1' });
});
