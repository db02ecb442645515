import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { prepareAhead } from './prepare-ahead.ts';

test('work is done before anybody asks, again and again, also after it failed', async () => {
  const app = fastify();
  let times = 0;
  const again = new Promise<void>((resolve) => {
    prepareAhead(app, () => {
      times += 1;
      if (times === 1) throw new Error('the disk is gone');
      resolve();
    });
  });
  expect(times).toBe(0);

  await app.ready();
  await again;

  expect(times).toBe(2);
  await app.close();
});
