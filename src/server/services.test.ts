import { expect, test } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import { createServices } from './services.ts';

async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

function setup(run: (signal: AbortSignal) => Promise<void>, periodMs = 1000) {
  const clock = createManualClock();
  const errors: unknown[] = [];
  const services = createServices({ clock, onError: (error, name) => errors.push([name, error]) }, [
    { name: 'test', periodMs, run },
  ]);
  const pass = async (ms: number) => {
    clock.advance(ms);
    await settle();
  };
  return { clock, errors, services, pass, state: () => services.states()[0] };
}

test('a service runs after its period and then every period', async () => {
  let runs = 0;
  const { services, pass, state } = setup(async () => void (runs += 1));

  services.start();
  expect(state()).toMatchObject({ runs: 0, nextRunInMs: 1000, lastRunAt: null });
  await pass(999);
  expect(runs).toBe(0);
  await pass(1);
  expect(runs).toBe(1);
  for (let step = 0; step < 10; step += 1) await pass(500);

  expect(runs).toBe(6);
  await services.stop();
});

test('a run that takes longer than the period is not started a second time, nor made up for', async () => {
  let runs = 0;
  let finish = () => {};
  const { services, pass, state } = setup(async () => {
    runs += 1;
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
  });

  services.start();
  await pass(1000);
  for (let step = 0; step < 5; step += 1) await pass(1000);
  expect(state()).toMatchObject({ isRunning: true, runs: 0 });
  expect(runs).toBe(1);
  finish();
  await settle();

  expect(state()).toMatchObject({ runs: 1, lastDurationMs: 5000 });
  await pass(1000);
  expect(runs).toBe(2);
  finish();
  await services.stop();
});

test('a failed run is reported, remembered, and the next one comes as usual', async () => {
  let isBroken = true;
  const { services, pass, state, errors } = setup(async () => {
    if (isBroken) throw new Error('no disk');
  });

  services.start();
  await pass(1000);
  await pass(1000);
  expect(state()).toMatchObject({ runs: 2, failures: 2, failuresInARow: 2, lastError: 'no disk' });
  isBroken = false;
  await pass(1000);

  expect(state()).toMatchObject({ runs: 3, failures: 2, failuresInARow: 0, lastError: null });
  expect(errors).toHaveLength(2);
  await services.stop();
});

test('a wall clock that is set back changes nothing', async () => {
  let runs = 0;
  const { services, pass, clock } = setup(async () => void (runs += 1));

  services.start();
  await pass(500);
  clock.set(-3_600_000);
  await pass(500);

  expect(runs).toBe(1);
  await services.stop();
});

test('stopping waits for the run under way, tells it, and starts no other', async () => {
  const seen: string[] = [];
  const { services, pass, state } = setup(async (signal) => {
    seen.push('begins');
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    seen.push('ends');
  });

  services.start();
  await pass(1000);
  await services.stop();
  seen.push('stopped');
  await pass(5000);

  expect(seen).toEqual(['begins', 'ends', 'stopped']);
  expect(state()?.nextRunInMs).toBeNull();
});
