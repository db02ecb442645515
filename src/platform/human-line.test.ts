import { expect, test } from 'vitest';
import { humanLine } from './human-line.ts';

test('a line has time, level, message and fields', () => {
  const line = JSON.stringify({
    level: 40,
    time: '2026-11-23T12:03:59.123Z',
    drone: 'anvil',
    ageMs: 12,
    msg: 'silent',
  });

  expect(humanLine(line)).toMatch(/^\d\d:03:59 \[WARN\] silent drone="anvil" ageMs=12\n$/);
});

test('an error comes with its stack below, and control characters are never sent to the terminal', () => {
  const err = { type: 'Error', message: 'no', stack: 'Error: n\u009bo\n    at x.ts:1' };

  expect(humanLine(JSON.stringify({ level: 50, msg: 'failed', err, name: '\u001b[2J' }))).toBe(
    '[ERROR] failed name="\\u001b[2J"\n  Error: n\ufffdo\n      at x.ts:1\n',
  );
});
