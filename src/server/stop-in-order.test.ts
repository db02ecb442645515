import { expect, test } from 'vitest';
import { stopInOrder } from './stop-in-order.ts';

function setup() {
  const logged: unknown[] = [];
  const done: string[] = [];
  const step = (name: string) => [name, async () => void done.push(name)] as const;
  return { logged, done, step, logger: { error: (fields: unknown) => void logged.push(fields) } as never };
}

test('one thing ends after the other, and one that fails does not keep the next from ending', async () => {
  const { logger, logged, done, step } = setup();
  const broken = ['b', () => Promise.reject(new Error('stuck'))] as const;

  await stopInOrder(logger, [step('a'), broken, step('c')]);

  expect(done).toEqual(['a', 'c']);
  expect(logged).toMatchObject([{ what: 'b', err: { message: 'stuck' } }]);
});

test('when something never ends the rest is left and named, and it is over all the same', async () => {
  const { logger, logged, done, step } = setup();
  const endless = ['requests', () => new Promise<void>(() => {})] as const;

  await stopInOrder(logger, [step('first'), endless, step('database')], 20);

  expect(done).toEqual(['first']);
  expect(logged).toEqual([{ left: ['requests', 'database'] }]);
});
