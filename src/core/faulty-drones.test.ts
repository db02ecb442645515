import { expect, test } from 'vitest';
import type { Outcome } from './blame.ts';
import { type BlameView, disableFaulty, type JudgedDrone } from './faulty-drones.ts';
import { DEFAULT_POLICY as POLICY } from './policy.ts';

const NOW = 1_800_000_000_000;
const EARLIER = NOW - 3_600_000;

const drone = (name: string, over: Partial<JudgedDrone> = {}): JudgedDrone => ({
  ...{ id: name, name, isSweeper: false, isWorking: true, judgedSince: null },
  ...over,
});

/** `bad` fails what `good` builds. */
function outcomes(count: number, bad = 'bad'): Outcome[] {
  return Array.from({ length: count }, (_, index) => index).flatMap((index): Outcome[] => [
    { droneId: bad, package: `=c/p-${index}`, at: EARLIER + index, failureClass: 'compile' },
    { droneId: 'good', package: `=c/p-${index}`, at: EARLIER + index, failureClass: null },
  ]);
}

const disabled = (view: BlameView) => disableFaulty(view, POLICY, NOW).map(([change]) => change);

test('a drone that fails what another builds is disabled, and told is what, who built it, and what to do', () => {
  const [changes] = disableFaulty({ outcomes: outcomes(4), drones: [drone('bad'), drone('good')] }, POLICY, NOW);

  expect(changes).toMatchObject([
    { kind: 'disable-drone', droneId: 'bad' },
    {
      kind: 'event',
      event: {
        type: 'disabled',
        droneId: 'bad',
        details: {
          count: 4,
          failed: [{}, {}, {}, { package: '=c/p-3', class: 'compile', built_by: ['good'] }],
          advice: expect.stringContaining('toolchain'),
        },
      },
    },
  ]);
});

test('the last drone that works is never disabled', () => {
  const others = [drone('good', { isWorking: false }), drone('sweeper-1', { isSweeper: true })];

  expect(disabled({ outcomes: outcomes(9), drones: [drone('bad'), ...others] })).toEqual([]);
});

test('of several at fault one is left when there is nobody else', () => {
  const view = {
    outcomes: [...outcomes(4), ...outcomes(9, 'worse')],
    drones: [drone('bad'), drone('worse'), drone('good', { isWorking: false })],
  };

  expect(disabled(view)).toMatchObject([{ droneId: 'worse' }]);
});

test('what it did before an operator resumed it does not count', () => {
  const resumed = drone('bad', { judgedSince: EARLIER + 6 });
  const again = outcomes(12);

  expect(disabled({ outcomes: outcomes(6), drones: [resumed, drone('good')] })).toEqual([]);
  expect(disabled({ outcomes: again, drones: [resumed, drone('good')] })).toMatchObject([{ droneId: 'bad' }]);
});

test('a drone that is paused or gone is left alone', () => {
  expect(disabled({ outcomes: outcomes(9), drones: [drone('bad', { isWorking: false }), drone('good')] })).toEqual([]);
  expect(disabled({ outcomes: outcomes(9), drones: [drone('good'), drone('other')] })).toEqual([]);
});
