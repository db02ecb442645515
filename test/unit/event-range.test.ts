import { expect, test } from 'vitest';
import { controlPlaneWorld } from '../../src/testing/control-plane-world.ts';

test('events are told of a time with an end, and of more than fit the last', async () => {
  const world = await controlPlaneWorld();
  try {
    const times: number[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      world.clock.advance(60_000);
      await world.post('/api/v1/queue', { packages: [`app-misc/${name}`] });
      times.push(world.clock.now() / 1000);
    }
    const [first = 0, , third = 0] = times;
    const told = async (query: string) => {
      const { body } = await world.get<{ events: { timestamp: number }[] }>(`/api/v1/events/history?${query}`);
      return [...new Set(body.events.map(({ timestamp }) => timestamp))];
    };

    expect(await told(`since=${first}&until=${third}`)).toEqual(times.slice(1, 3));
    expect(await told(`until=${third}&limit=1`)).toEqual([third]);
    expect(await told(`until=${first - 1}`)).toEqual([]);
  } finally {
    await world.close();
  }
});
