import { expect, test } from 'vitest';
import { droneFacts, readyPackage, swarmOf } from '../../testing/scheduling.ts';
import { choose } from './choose.ts';
import { startedBuild } from './drone-facts.ts';

const NOW = 1_000_000;

const certain = (p50S: number) => ({ estimate: { p50S, logSigma: 0 }, rankS: p50S });

test.each([
  ['a giant', { group: 'giants' }],
  ['one that needs most of its memory', { memoryMb: 10_000 }],
  ['one that needs most of its disk', { diskBytes: 10_000 }],
])('a free slot beside %s is no better home for another such', (_, needs) => {
  const room = { memoryMb: 16_000, diskFreeBytes: 16_000 };
  const swarm = swarmOf(
    [droneFacts('slow', room), droneFacts('fast', { ...room, slowness: 0.5, slots: 2 })],
    [readyPackage(1, { ...certain(8_000), ...needs })],
    NOW,
  );
  swarm.fleet.start('fast', startedBuild(readyPackage(2, { ...certain(10_000), ...needs }), NOW));
  swarm.fleet.ask('fast', NOW);

  expect(choose('fast', swarm, NOW).kind).toBe('nothing');
  expect(choose('slow', swarm, NOW)).toMatchObject({ kind: 'take', ready: { queueId: 1 } });
});

test('a package is kept for the fast drone that has room for it soon', () => {
  const giant = { group: 'giants' };
  const swarm = swarmOf(
    [droneFacts('slow'), droneFacts('fast', { slowness: 0.5, slots: 2 })],
    [readyPackage(1, { ...certain(8_000), ...giant })],
    NOW,
  );
  swarm.fleet.start('fast', startedBuild(readyPackage(2, { ...certain(1_000), ...giant }), NOW));
  swarm.fleet.ask('fast', NOW);

  expect(choose('slow', swarm, NOW).passedOver[0]?.rejection).toMatchObject({
    rule: 'better-home',
    droneId: 'fast',
    thereAt: NOW + 4_500_000,
  });
});
