import { expect, test } from 'vitest';
import { type AuditCheck, driftBetween, verdictOf } from './audit.ts';

function check(id: string, status: AuditCheck['status'], found = 'x'): AuditCheck {
  return { id, title: id, status, found, expected: 'x', advice: null, details: [] };
}

test('one failure makes a drone non-compliant, one warning is a warning', () => {
  expect(verdictOf([])).toBe('compliant');
  expect(verdictOf([check('a', 'pass')])).toBe('compliant');
  expect(verdictOf([check('a', 'pass'), check('b', 'warn')])).toBe('warnings');
  expect(verdictOf([check('a', 'fail'), check('b', 'warn')])).toBe('non-compliant');
});

test('a check that passes has not drifted for finding another number', () => {
  expect(driftBetween([check('a', 'pass', '300')], [check('a', 'pass', '301')])).toEqual([]);
  expect(driftBetween([check('a', 'warn', '360')], [check('a', 'warn', '361')])).toMatchObject([{ id: 'a' }]);
  expect(driftBetween([check('a', 'fail', 'none')], [check('a', 'fail', 'none')])).toEqual([]);
});

test('what became better, worse, new and gone is told', () => {
  const before = [check('better', 'fail'), check('worse', 'pass'), check('gone', 'warn', 'old')];
  const after = [check('better', 'pass'), check('worse', 'warn', 'now'), check('new', 'pass')];

  expect(driftBetween(before, after)).toEqual([
    { id: 'better', title: 'better', from: 'fail', to: 'pass', found: 'x' },
    { id: 'worse', title: 'worse', from: 'pass', to: 'warn', found: 'now' },
    { id: 'new', title: 'new', from: null, to: 'pass', found: 'x' },
    { id: 'gone', title: 'gone', from: 'warn', to: null, found: 'old' },
  ]);
});
