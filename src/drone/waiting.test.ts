import { expect, test } from 'vitest';
import { createBell, createTurnstile, retryPauseMs } from './waiting.ts';

test('pauses double up to the longest one, and up to half of each is left to chance', () => {
  const policy = { firstMs: 100, capMs: 1000 };

  const longest = [1, 2, 3, 4, 5, 500].map((failures) => retryPauseMs(failures, { ...policy, random: () => 1 }));
  const shortest = [1, 2, 3, 4, 5, 500].map((failures) => retryPauseMs(failures, { ...policy, random: () => 0 }));

  expect(longest).toEqual([100, 200, 400, 800, 1000, 1000]);
  expect(shortest).toEqual([50, 100, 200, 400, 500, 500]);
});

test('a bell wakes everybody who waits, once', async () => {
  const bell = createBell();
  const { signal } = new AbortController();
  const order: string[] = [];

  const both = Promise.all(['a', 'b'].map((name) => bell.next(signal).then(() => order.push(name))));
  bell.ring();
  await both;
  bell.ring();

  expect(order).toEqual(['a', 'b']);
});

test('whoever is stopped waits for no bell', async () => {
  const controller = new AbortController();
  const waiting = createBell().next(controller.signal);

  controller.abort();

  await expect(waiting).resolves.toBeUndefined();
  await expect(createBell().next(controller.signal)).resolves.toBeUndefined();
});

test('a turnstile lets one task through at a time, in order, and goes on after one that failed', async () => {
  const turn = createTurnstile();
  const seen: string[] = [];
  const task = (name: string) => async () => {
    seen.push(`${name} in`);
    await Promise.resolve();
    seen.push(`${name} out`);
    if (name === 'b') throw new Error('b failed');
    return name;
  };

  const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => turn(task(name))));

  expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  expect(results.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
