import { expect, test } from 'vitest';
import { swarmHistory } from './swarm-history.ts';

type Row = Parameters<typeof swarmHistory>[0][number];

function row(timestamp: number, received: number): Row {
  const queue = { queue_needed: 10 - received, queue_delegated: 1, queue_received: received, queue_blocked: 0 };
  return {
    id: timestamp,
    timestamp,
    node_id: null,
    cpu_percent: 50,
    ram_percent: 20,
    load_1m: 1,
    disk_free_mb: 1,
    ...queue,
  };
}

test('the pace is what was received from one time to the next, a minute', () => {
  const { places, pace, waiting } = swarmHistory([row(0, 0), row(60, 4), row(180, 6)], undefined);

  expect(places).toEqual([0, 60, 180]);
  expect(pace).toEqual([null, 4, 1]);
  expect(waiting).toEqual([10, 6, 4]);
});

test('what is now comes after what was measured, and another session is no pace', () => {
  const now = { at: 90, counts: { needed: 3, delegated: 2, received: 5, blocked: 1, failed: 0 }, cpu: 80, ram: null };

  const history = swarmHistory([row(0, 9), row(60, 2)], now);

  expect(history.pace).toEqual([null, null, 6]);
  expect(history.cpu).toEqual([50, 50, 80]);
  expect(history.blocked).toEqual([0, 0, 1]);
  expect(swarmHistory([row(0, 1), row(120, 2)], now).places).toEqual([0, 120]);
});
