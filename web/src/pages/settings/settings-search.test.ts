import { expect, test } from 'vitest';
import { settingsSearch } from './settings-search.ts';

test('addresses are read with care', () => {
  expect(settingsSearch({ view: 'configuration', text: '', changed: 'no', open: 3, told: 'x' })).toEqual({});
  expect(settingsSearch({ view: 'access', text: 'port', changed: true, open: 'SWARM_HOST' })).toEqual({
    ...{ view: 'access', text: 'port', changed: true, open: 'SWARM_HOST' },
  });
  expect(settingsSearch({ view: 'notifications', told: 17 })).toEqual({ view: 'notifications', told: 17 });
});
