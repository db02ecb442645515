import { expect, test } from 'vitest';
import { DEFAULT_POLICY as POLICY } from './policy.ts';
import { backoffMs, pauseAfter } from './retry-pause.ts';

test('what time heals is given more of it, and never less than anything else', () => {
  for (let failures = 1; failures < 12; failures += 1) {
    expect(pauseAfter('compile', failures, POLICY)).toBe(backoffMs(failures, POLICY));
    for (const healed of ['network', 'fetch', 'disk_full'] as const) {
      expect(pauseAfter(healed, failures, POLICY)).toBeGreaterThanOrEqual(pauseAfter('compile', failures, POLICY));
    }
  }
  expect(pauseAfter('network', 1, POLICY)).toBe(POLICY.outsideBackoffMs);
});

test('pauses double up to the cap', () => {
  expect(pauseAfter('network', 2, POLICY)).toBe(2 * POLICY.outsideBackoffMs);
  expect(pauseAfter('network', 60, POLICY)).toBe(POLICY.retryBackoffCapMs);
});

test('a first pause above the cap is kept', () => {
  expect(pauseAfter('fetch', 3, { ...POLICY, outsideBackoffMs: 900_000 })).toBe(900_000);
});
