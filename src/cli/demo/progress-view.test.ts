import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createStyle } from '../output/style.ts';
import type { Progress } from './progress-model.ts';
import { renderProgress } from './progress-view.ts';

const LONG = 'dev-python/a-package-with-a-name-that-nobody-would-want-to-type-twice-20261123.1.2_rc3-r11';

const PROGRESS: Progress = {
  total: 39,
  received: 18,
  building: 2,
  ready: 1,
  waiting: 5,
  stuck: 1,
  failed: 12,
  drones: [
    { name: 'drone-1', state: 'building', package: 'dev-libs/swarmjson-1.1', phase: 'compile', elapsedMs: 4_000 },
    { name: 'drone-2', state: 'building', package: LONG, phase: 'dependencies', elapsedMs: 3_700_000 },
    { name: 'drone-3', state: 'idle', package: '', phase: '', elapsedMs: 0 },
    { name: 'drone-4', state: 'dead', package: '', phase: '', elapsedMs: 0 },
  ],
  failures: [
    failure('app-broken/fails-compile-1.0', {
      class: 'compile',
      reason: 'broken.c:2:16: \u001b[31merror\u001b[0m: no',
    }),
    failure('app-broken/fails-test-1.0', { class: 'test', reason: '1 of 3 tests failed', isTriedAgain: true }),
    failure(LONG, { class: 'slot_conflict', reason: 'two versions are wanted in one slot', isExpected: false }),
  ],
  waits: [{ package: 'app-broken/needs-it-1.0', waitsFor: `${LONG} (blocked: slot_conflict)`, isExpected: true }],
  eta: { kind: 'range', fromMs: 40_000, toMs: 100_000 },
  elapsedMs: 72_000,
};

const PLAIN = createStyle({ hasColour: false, isUnicode: true });
const COLOURED = createStyle({ hasColour: true, isUnicode: true });

test.each([40, 60, 80, 120, 200])('no line is wider than %i columns, however long the names are', (width) => {
  const lines = renderProgress(PROGRESS, { width, height: 40, style: COLOURED });

  expect(lines.map((line) => stripVTControlCharacters(line)).filter((line) => line.length > width)).toEqual([]);
});

test.each([6, 10, 14, 22, 40])('it is no higher than %i lines', (height) => {
  expect(renderProgress(PROGRESS, { width: 80, height, style: PLAIN }).length).toBeLessThanOrEqual(height);
});

test('at 80 columns it says all that there is to say', () => {
  const lines = renderProgress(PROGRESS, { width: 80, height: 40, style: PLAIN });

  expect(lines).toEqual([
    '  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━──────────────  31/39',
    '  18 received    2 building    1 ready    5 waiting    12 failed    1 stuck',
    '  1m 12s so far, ~40s to 1m 40s left',
    '',
    '  drone-1   dev-libs/swarmjson-1.1                        compile           4s',
    '  drone-2   dev-python/a-package-with-a-name-that-nobod…  dependencies   1h 1m',
    '  drone-3   idle',
    '  drone-4   dead',
    '',
    '  Failed (1)',
    '  ✗ dev-python/a-package-with-a-name-th…  slot_conflict  two versions are wan…',
    '',
    '  Waiting for what failed (1)',
    '  · app-broken/needs-it-1.0               waits for dev-python/a-package-with…',
    '',
    '  Failed, as intended (2)',
    '  ✗ app-broken/fails-compile-1.0          compile        broken.c:2:16: error…',
    '  · app-broken/fails-test-1.0             test           tried again: 1 of 3 …',
  ]);
});

test('what nobody expected stands before what was intended', () => {
  const text = renderProgress(PROGRESS, { width: 120, height: 40, style: PLAIN }).join('\n');

  expect(text.indexOf('slot_conflict')).toBeLessThan(text.indexOf('Failed, as intended (2)'));
});

test('what does not fit is counted', () => {
  const failures = Array.from({ length: 30 }, (_, index) => failure(`app-misc/p-${index}`, {}));

  const lines = renderProgress({ ...PROGRESS, failures, waits: [] }, { width: 80, height: 22, style: PLAIN });

  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe('  … and 19 more');
});

test('where there is no Unicode, it is drawn in ASCII', () => {
  const ascii = createStyle({ hasColour: false, isUnicode: false });

  const text = renderProgress(PROGRESS, { width: 60, height: 40, style: ascii }).join('\n');

  expect(text).toMatch(/^[\n -~]+$/);
});

test('escape sequences out of a build log do not reach the terminal', () => {
  const text = renderProgress(PROGRESS, { width: 120, height: 40, style: PLAIN }).join('\n');

  expect(text).not.toContain('\u001b');
});

test('an empty queue is drawn, too', () => {
  const nothing = { ...PROGRESS, total: 0, received: 0, failed: 0, stuck: 0, failures: [], waits: [], drones: [] };

  expect(renderProgress(nothing, { width: 80, height: 20, style: PLAIN })[0]).toContain('0/0');
});

function failure(name: string, part: Partial<Progress['failures'][number]>): Progress['failures'][number] {
  return { package: name, class: 'compile', reason: 'it broke', isExpected: true, isTriedAgain: false, ...part };
}
