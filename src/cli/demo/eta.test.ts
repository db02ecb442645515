import { expect, test } from 'vitest';
import { estimate, etaText } from './eta.ts';

const FACTS = { finishedMs: [10_000, 10_000, 10_000, 10_000], underWayMs: [], remaining: 12, chain: 2, slots: 3 };

test('nothing is promised before three builds have ended', () => {
  const eta = estimate({ ...FACTS, finishedMs: [4_000, 5_000] });

  expect(etaText(eta)).toBe('time left: not known yet');
});

test('nothing is promised while no drone is there', () => {
  expect(estimate({ ...FACTS, slots: 0 })).toEqual({ kind: 'unknown' });
});

test('the lower bound is the work shared by all drones where that is more than the chain', () => {
  expect(estimate(FACTS)).toMatchObject({ kind: 'range', fromMs: 40_000 });
});

test('the lower bound is the chain where packages have to wait for each other', () => {
  expect(estimate({ ...FACTS, remaining: 6, chain: 6 })).toMatchObject({ kind: 'range', fromMs: 60_000 });
});

test('the more builds have ended, the narrower is the range', () => {
  const few = estimate(FACTS);
  const many = estimate({ ...FACTS, finishedMs: Array.from({ length: 100 }, () => 10_000) });

  expect(widthOf(many)).toBeLessThan(widthOf(few));
});

test('what is under way counts for what it has done, and never for more than a whole build', () => {
  const fresh = estimate({ ...FACTS, remaining: 3, chain: 1, underWayMs: [0, 0, 0] });
  const old = estimate({ ...FACTS, remaining: 3, chain: 1, underWayMs: [60_000, 60_000, 60_000] });

  expect(fresh).toMatchObject({ fromMs: 10_000 });
  expect(old).toMatchObject({ fromMs: 0 });
});

test('the end is announced as soon as nothing is left', () => {
  expect(etaText(estimate({ ...FACTS, remaining: 0 }))).toBe('finishing');
});

test('a range is said in steps that do not pretend to precision', () => {
  expect(etaText({ kind: 'range', fromMs: 41_200, toMs: 97_900 })).toBe('~40s to 1m 40s left');
  expect(etaText({ kind: 'range', fromMs: 20_400, toMs: 22_000 })).toBe('~20s left');
  expect(etaText({ kind: 'range', fromMs: 300_000, toMs: 611_000 })).toBe('~5m 0s to 10m 0s left');
});

function widthOf(eta: ReturnType<typeof estimate>): number {
  return eta.kind === 'range' ? eta.toMs / eta.fromMs : Number.NaN;
}
