import { expect, test } from 'vitest';
import { SETTINGS } from '../../../../src/settings/table.ts';
import { type SettingName, USUAL } from './usual.ts';

test.each(Object.keys(USUAL) as SettingName[])('%s is usually what the table of settings says', (name) => {
  const [value, unit] = USUAL[name];
  const { kind, fallbackWords } = SETTINGS[name];

  expect([fallbackWords.replaceAll('`', '').replace(/ .*/, ''), kind.unit]).toEqual([value, unit]);
});
