import { beforeEach, expect, test, vi } from 'vitest';
import type { Moment } from './past-state.ts';
import { createReplay, type ReplayReads } from './replay.ts';
import { emptyState, type SwarmEvent } from './swarm-state.ts';
import type { SwarmSource } from './swarm-store.ts';

const LIVE: SwarmSource = {
  ...{ state: emptyState(), version: () => 0, subscribe: () => () => {}, wantQueue: () => undefined },
};

beforeEach(() => {
  // What slices wait for a frame with.
  vi.stubGlobal('document', { hidden: true });
  vi.stubGlobal('window', { setTimeout: () => 0 });
});

/** Moments whose number of received packages is their time; each is given when it is asked for by `give`. */
function setup({ events = [] as readonly SwarmEvent[], from = 1000, to = 2000, at = 1000 } = {}) {
  const asked: { at: number; isWithQueue: boolean }[] = [];
  const waiting: { resolve: (moment: Moment) => void; reject: (error: Error) => void }[] = [];
  const reads: ReplayReads = {
    moment: ({ at: time, isWithQueue }) => {
      asked.push({ at: time, isWithQueue });
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    events: async () => events,
  };
  const replay = createReplay({ from, to, at }, reads, LIVE);
  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  return {
    ...{ replay, asked, waiting, settle },
    times: () => asked.map((each) => each.at),
    give: async (more: Partial<Moment> = {}) => {
      const wish = asked.at(-1);
      waiting.at(-1)?.resolve({ ...momentAt(wish?.at ?? 0, wish?.isWithQueue === true), ...more });
      await settle();
    },
    fail: async (message: string) => {
      waiting.at(-1)?.reject(new Error(message));
      await settle();
    },
  };
}

function momentAt(at: number, isWithQueue: boolean): Moment {
  const status = { needed: 0, delegated: 0, received: at, blocked: 0, failed: 0, total: at, ready: 0, paused: false };
  return {
    ...{ timestamp: at, nodes: { drones: [], orchestrators: [] } },
    // What else a status has is not looked at here.
    status: status as unknown as Moment['status'],
    ...(isWithQueue ? { queue: [] } : {}),
  };
}

function event(timestamp: number, type = 'complete'): SwarmEvent {
  return { id: timestamp, type, message: '', details: {}, timestamp };
}

test('what is shown is of the moment that is named, and waits for it', async () => {
  const world = setup({ at: 1500 });
  world.replay.start();
  expect(world.replay.view()).toMatchObject({ at: 1500, shownAt: undefined });

  await world.give();
  expect(world.replay.view().shownAt).toBe(1500);
  expect(world.replay.state.counts?.received).toBe(1500);

  world.replay.seek(1200);
  expect(world.replay.view()).toMatchObject({ at: 1200, shownAt: 1500 });
  await world.give();
  expect(world.replay.state.counts?.received).toBe(1200);
});

test('moments are read one after the other, those in between are left out, and none is read twice', async () => {
  const world = setup();
  world.replay.start();
  for (const at of [1100, 1200, 1300]) world.replay.seek(at);
  expect(world.times()).toEqual([1000]);

  await world.give();
  await world.give();
  expect(world.times()).toEqual([1000, 1300]);

  world.replay.seek(1000);
  await world.settle();
  expect(world.replay.view().shownAt).toBe(1000);
  expect(world.times()).toEqual([1000, 1300]);
});

test('playing goes on by its speed, reads ahead a little, and waits for what is not there', async () => {
  const world = setup();
  world.replay.start();
  await world.give();
  world.replay.setSpeed(10);
  world.replay.play();
  for (let turn = 0; turn < 6; turn += 1) await world.give();
  expect(world.times()).toEqual([1000, 1005, 1010, 1015, 1020]);

  world.replay.tick();
  world.replay.tick();
  expect(world.replay.view().shownAt).toBe(1010);
  for (let turn = 0; turn < 5; turn += 1) world.replay.tick();
  expect(world.replay.view()).toMatchObject({ at: 1025, shownAt: 1020, isPlaying: true });
});

test('at the end it stops, and playing begins anew', async () => {
  const world = setup({ at: 1999.9 });
  world.replay.start();
  await world.give();
  world.replay.play();
  await world.give();
  world.replay.tick();
  world.replay.tick();
  expect(world.replay.view()).toMatchObject({ at: 2000, isPlaying: false });

  world.replay.play();
  expect(world.replay.view()).toMatchObject({ at: 1000, isPlaying: true });
});

test('steps go from event to event, and what had happened until then is told', async () => {
  const world = setup({ events: [event(1100), event(1100), event(1400, 'fail'), event(1700)] });
  world.replay.start();
  await world.give();

  world.replay.step(1);
  expect(world.replay.view().at).toBeCloseTo(1100.25);
  await world.give();
  expect(world.replay.state.events).toHaveLength(2);
  expect(world.replay.state.minutes).toEqual([{ at: 1_080_000, received: 2, failed: 0 }]);

  world.replay.step(1);
  expect(world.replay.view().at).toBeCloseTo(1400.25);
  world.replay.step(-1);
  expect(world.replay.view().at).toBeCloseTo(1100.25);
  world.replay.step(-1);
  expect(world.replay.view().at).toBe(1000);
});

test('the queue is asked for only while a page shows it', async () => {
  const world = setup();
  world.replay.start();
  await world.give();
  expect(world.asked).toEqual([{ at: 1000, isWithQueue: false }]);

  const release = world.replay.wantQueue();
  expect(world.asked.at(-1)).toEqual({ at: 1000, isWithQueue: true });
  await world.give();
  expect(world.replay.state.queue?.size).toBe(0);

  release?.();
  world.replay.seek(1001);
  expect(world.asked.at(-1)).toEqual({ at: 1001, isWithQueue: false });
});

test('a moment that cannot be read stops playing and says why; it is read again on demand', async () => {
  const world = setup();
  world.replay.start();
  await world.fail('other snapshots are being made');
  expect(world.replay.view().error?.message).toBe('other snapshots are being made');
  expect(world.times()).toEqual([1000]);

  world.replay.retry();
  await world.give();
  expect(world.replay.view()).toMatchObject({ error: undefined, shownAt: 1000 });
});

test('what could not be read ahead is not asked for again and again', async () => {
  const world = setup();
  world.replay.start();
  await world.give();
  world.replay.play();
  await world.settle();
  await world.fail('busy');
  expect(world.times()).toEqual([1000, 1000.5, 1001]);
  expect(world.replay.view().error).toBeUndefined();
});

test('of a time before the history it is said why nothing is shown', async () => {
  const world = setup();
  world.replay.start();
  await world.give({ status: {}, nodes: {}, reason: 'nothing is known of the time before' });
  expect(world.replay.view().error?.message).toContain('nothing is known');
  expect(world.replay.state.counts).toBeUndefined();
});
