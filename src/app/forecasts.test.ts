import { afterEach, expect, test } from 'vitest';
import { createHub } from '../adapters/events/hub.ts';
import { openForecaster } from '../adapters/forecast/forecaster.ts';
import type { EventType } from '../core/events.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { type Pictured, pictureSource } from '../testing/pictures.ts';
import type { ForecastQuestion } from './forecast-ports.ts';
import { createForecasts, type Estimates } from './forecasts.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const EVERY_MS = 10_000;

function setup(
  packages: Record<string, Pictured> = { 'c/a-1': {}, 'c/b-1': { needs: ['c/a-1'] } },
  source = pictureSource(packages),
) {
  const [clock, hub] = [createManualClock(), createHub()];
  const forecaster = openForecaster({ timeLimitMs: 30_000 });
  closing.push(() => forecaster.close());
  const asked: ForecastQuestion[] = [];
  const made: Estimates[] = [];
  const errors: unknown[] = [];
  const world = { isFollowed: false, refusal: undefined as Error | undefined };
  const forecasts = createForecasts({
    source,
    hub,
    clock,
    everyMs: EVERY_MS,
    forecaster: {
      forecast: (question) => {
        asked.push(question);
        return world.refusal === undefined ? forecaster.forecast(question) : Promise.reject(world.refusal);
      },
    },
    isFollowed: () => world.isFollowed,
    onMade: (estimates) => made.push(estimates),
    onError: (error) => errors.push(error),
  });
  const happen = (type: EventType) =>
    hub.announce([{ id: 1, at: 0, type, message: '', details: {}, droneId: null, package: null }]);
  return { forecasts, clock, asked, made, errors, packages, world, happen, source };
}

test('before anything was foreseen the end is unknown, with the reason', () => {
  const { forecasts, asked } = setup();

  expect(forecasts.newest()).toMatchObject({ at: null, reason: 'no forecast has been made yet', sessions: [] });
  expect(forecasts.forecastOf('s-1')).toMatchObject({ end: null, reason: 'no forecast has been made yet' });
  expect(forecasts.packages(() => true)).toEqual([]);
  expect(asked).toEqual([]);
});

test('who asks waits for the forecast, and everybody for the same one', async () => {
  const { forecasts, clock, asked } = setup();

  const [first] = await Promise.all([forecasts.ask(), forecasts.ask(), forecasts.ask()]);

  const end = { p50At: clock.now() + 200_000, p90At: clock.now() + 200_000 };
  expect(asked).toHaveLength(1);
  expect(first).toMatchObject({ at: clock.now(), sessions: [{ sessionId: 's-1', end, knownShare: 1, packages: 2 }] });
  expect(forecasts.forecastOf('s-1')).toMatchObject({ end, reason: null });
  expect(forecasts.packages((each) => each.package === '=c/b-1')).toEqual([
    {
      planned: { drone: 'anvil', startAt: clock.now() + 100_000, endAt: clock.now() + 200_000, after: '=c/a-1' },
      ...{ id: 2, package: '=c/b-1', sessionId: 's-1', startAt: clock.now() + 100_000, end },
      ...{ durationS: { p50: 100, p90: 100 }, source: 'same', samples: 3 },
    },
  ]);
});

test('while nobody looks nothing is simulated, however much happens', async () => {
  const { forecasts, clock, asked, happen, source } = setup();

  for (let round = 0; round < 5; round += 1) {
    happen('complete');
    clock.advance(EVERY_MS);
    await forecasts.refresh();
  }

  expect(asked).toHaveLength(0);
  expect(source.looks()).toBe(0);
});

test('while somebody looks and something happens there is a forecast every ten seconds, and no more', async () => {
  const { forecasts, clock, asked, made, happen, world } = setup();
  world.isFollowed = true;

  for (let second = 0; second < 40; second += 1) {
    happen('complete');
    await forecasts.refresh();
    clock.advance(1_000);
  }

  expect(asked).toHaveLength(4);
  expect(made).toHaveLength(4);
});

test('while nothing happens one is made a minute, since time alone makes it worse', async () => {
  const { forecasts, clock, asked, world } = setup();
  world.isFollowed = true;

  for (let second = 0; second < 180; second += 1) {
    await forecasts.refresh();
    clock.advance(1_000);
  }

  expect(asked).toHaveLength(3);
});

test('a minute after the last question nothing is foreseen any more', async () => {
  const { forecasts, clock, asked, happen } = setup();
  await forecasts.ask();

  for (let second = 0; second < 200; second += 1) {
    happen('complete');
    clock.advance(1_000);
    await forecasts.refresh();
  }

  expect(asked).toHaveLength(6);
});

test('what was foreseen before the queue changed is not shown', async () => {
  const { forecasts, clock, happen } = setup();
  await forecasts.ask();
  happen('complete');
  expect(forecasts.newest().reason).toBeNull();

  happen('queue');

  expect(forecasts.newest()).toMatchObject({ at: null, reason: 'the queue has changed since the newest forecast' });
  expect(forecasts.forecastOf('s-1').end).toBeNull();
  expect(forecasts.packages(() => true)).toEqual([]);
  clock.advance(EVERY_MS);
  await expect(forecasts.ask()).resolves.toMatchObject({ reason: null });
});

test('a forecast that is overtaken while it is made is told to nobody', async () => {
  const { forecasts, made, happen } = setup();

  const asking = forecasts.ask();
  happen('queue');
  await asking;

  expect(made).toEqual([]);
  expect(forecasts.newest().at).toBeNull();
});

test('a forecast that could not be renewed is shown with its age, and after some minutes not at all', async () => {
  const { forecasts, clock, world, errors } = setup();
  await forecasts.ask();
  const at = clock.now();
  world.refusal = new Error('the simulation took longer than 30 s');

  clock.advance(200_000);
  await expect(forecasts.ask()).resolves.toMatchObject({ at });
  clock.advance(200_000);

  await expect(forecasts.ask()).resolves.toMatchObject({ at: null, reason: 'the simulation took longer than 30 s' });
  expect(errors).toHaveLength(2);
});

test('what took too long is tried again with fewer runs', async () => {
  const { forecasts, clock, world, asked } = setup();
  const slow = openForecaster({ timeLimitMs: 1 });
  closing.push(() => slow.close());
  world.refusal = await slow.forecast(await question()).then(
    () => undefined,
    (error: Error) => error,
  );

  await forecasts.ask();
  expect(forecasts.newest().reason).toMatch(/took longer than 0.001 s/);
  world.refusal = undefined;
  clock.advance(EVERY_MS);
  await expect(forecasts.ask()).resolves.toMatchObject({ reason: null, runs: 25 });

  expect(asked.map(({ limits }) => limits.runsAtMost)).toEqual([100, 25]);
});

async function question(): Promise<ForecastQuestion> {
  const { forecasts, asked } = setup();
  await forecasts.ask();
  return asked[0] as ForecastQuestion;
}

test('of what was never built here the end is unknown, and so is that of a session made of it', async () => {
  const { forecasts } = setup({
    'c/new-1': { isKnown: false, sessionId: 'new' },
    'c/newer-1': { isKnown: false, sessionId: 'new' },
    'c/known-1': { sessionId: 'mixed' },
    'c/unknown-1': { sessionId: 'mixed', isKnown: false },
  });

  const { sessions } = await forecasts.ask();

  expect(sessions).toMatchObject([
    { sessionId: 'new', end: null, knownShare: 0, reason: expect.stringContaining('2 of its 2 packages') },
    { sessionId: 'mixed', knownShare: 0.5, reason: null },
  ]);
  const packages = forecasts.packages(() => true);
  expect(packages.map(({ end, durationS }) => [end !== null, durationS !== null])).toEqual([
    [false, false],
    [false, false],
    [true, true],
    [false, false],
  ]);
});

test('a session that no drone can take has no end, and says so', async () => {
  const { forecasts } = setup({ 'c/a-1': { labels: ['gpu'] } });

  const { sessions } = await forecasts.ask();

  expect(sessions).toMatchObject([
    {
      ...{ end: null, packages: 1, unbuildable: 1, blocked: 0 },
      reason: 'no drone can take the package that is left: `explain` names what each drone lacks',
    },
  ]);
});

test('a session of which all that is left is blocked says how many, how many wait for them, and what to do', async () => {
  const { forecasts } = setup({
    'c/built-1': { state: 'done' },
    'c/bad-1': { isHeld: true, needs: ['c/built-1'] },
    'c/worse-1': { isHeld: true },
    'c/app-1': { needs: ['c/bad-1'] },
    'c/top-1': { needs: ['c/app-1'] },
    'c/gpu-1': { labels: ['gpu'], sessionId: 'mixed' },
    'c/odd-1': { isHeld: true, sessionId: 'mixed' },
  });

  const { sessions } = await forecasts.ask();

  expect(sessions).toMatchObject([
    {
      ...{ end: null, packages: 4, unbuildable: 4, blocked: 4 },
      reason: '2 are blocked and 2 more wait for them: `explain` says why, `unblock` tries again',
    },
    {
      ...{ end: null, packages: 2, unbuildable: 2, blocked: 1 },
      reason:
        'no drone can take the package that is left: `explain` names what each drone lacks; 1 is blocked: `explain` says why, `unblock` tries again',
    },
  ]);
});

test('what is blocked beside what goes on does not hide when that ends', async () => {
  const { forecasts } = setup({ 'c/a-1': {}, 'c/bad-1': { isHeld: true }, 'c/b-1': { needs: ['c/a-1', 'c/bad-1'] } });

  const { sessions } = await forecasts.ask();

  expect(sessions).toMatchObject([{ packages: 3, unbuildable: 2, blocked: 2, reason: null }]);
  expect(sessions[0]?.end).not.toBeNull();
});

test('what was built since is not listed, and a session with nothing left is said to be done', async () => {
  const { forecasts, packages } = setup();
  await forecasts.ask();

  Object.assign(packages, { 'c/a-1': { state: 'done' } });

  expect(forecasts.packages(() => true).map((each) => each.package)).toEqual(['=c/b-1']);
  expect(forecasts.forecastOf('s-9').reason).toBe('nothing of it is left to build');
});

test('a picture of tens of thousands of packages is not drawn to see what one of them says', async () => {
  const drawn: number[] = [];
  const source = {
    ...pictureSource({ 'c/a-1': {} }),
    isUnderWay: () => true,
    knownShare: () => 0,
    picture: (now: number) => {
      drawn.push(now);
      return pictureSource({ 'c/a-1': {} }).picture(now);
    },
  };
  const { forecasts, asked } = setup({}, source);

  expect(await forecasts.ask()).toMatchObject({ at: null, reason: expect.stringContaining('nothing was learned yet') });
  expect([drawn, asked]).toEqual([[], []]);
});
