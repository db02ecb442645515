import { expect, test } from 'vitest';
import { createSteps, type Step } from './steps.ts';

function setup() {
  let now = 0;
  const heard: Step[] = [];
  const steps = createSteps(
    () => now,
    (step) => void heard.push(step),
  );
  return { steps, heard, pass: (ms: number) => void (now += ms) };
}

test('a step is told when it begins and when it has ended, with how long it took', async () => {
  const { steps, heard, pass } = setup();

  await steps.during(
    'connect',
    async () => pass(1500),
    () => ({ state: 'done', says: 'there' }),
  );

  expect(heard).toEqual([
    { id: 'connect', title: 'connect', state: 'running', seconds: null, says: '' },
    { id: 'connect', title: 'connect', state: 'done', seconds: 1.5, says: 'there' },
  ]);
});

test('what a step throws fails it and goes on', async () => {
  const { steps } = setup();
  const work = () => Promise.reject(new Error('no way'));

  await expect(steps.during('connect', work, () => ({ state: 'done', says: '' }))).rejects.toThrow('no way');

  expect(steps.list()).toMatchObject([{ id: 'connect', state: 'failed', says: 'no way' }]);
});

test('the lines of the script are taken, and those for people left', () => {
  const { steps } = setup();

  expect(steps.hear('[OK] all is well')).toBe(false);
  expect(
    steps.hear('@@step {"number":3,"of":10,"id":"make_conf","title":"make.conf","state":"running","seconds":0}'),
  ).toBe(true);
  expect(
    steps.hear('@@step {"id":"make_conf","title":"make.conf","state":"done","seconds":0.12,"says":"written"}'),
  ).toBe(true);
  expect(steps.hear('@@end {"state":"done","changes":7,"dry_run":false}')).toBe(true);

  expect(steps.list()).toEqual([
    { id: 'make_conf', title: 'make.conf', state: 'done', seconds: 0.12, says: 'written' },
  ]);
  expect(steps.hasChanged()).toBe(true);
});

test('a dry run has changed nothing', () => {
  const { steps } = setup();

  steps.hear('@@end {"state":"done","changes":7,"dry_run":true}');

  expect(steps.hasChanged()).toBe(false);
});

test.each([
  '@@step',
  '@@step {',
  '@@step []',
  '@@step {"id":"<b>","state":"done"}',
  '@@step {"id":"x","state":"odd"}',
  '@@end null',
])('what another host makes up is not believed: %s', (line) => {
  const { steps } = setup();

  steps.hear(line);

  expect(steps.list()).toEqual([]);
  expect(steps.hasChanged()).toBe(false);
});
