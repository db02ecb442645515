import { expect, test } from 'vitest';
import { droneFacts, readyPackage, swarmOf } from '../../testing/scheduling.ts';
import { choose } from './choose.ts';
import { startedBuild } from './drone-facts.ts';
import { dronesForPackage } from './explain-package.ts';

const NOW = 1_000_000;

test('a drone that failed the package gets it again while the other has nothing to do and does not ask', () => {
  const swarm = swarmOf([droneFacts('anvil'), droneFacts('mute')], [readyPackage(1, { failedBy: ['anvil'] })], NOW);
  const later = NOW + swarm.policy.asksWithinMs + 1;

  expect(choose('anvil', swarm, later)).toMatchObject({ kind: 'take', ready: { queueId: 1 } });
  expect(dronesForPackage(readyPackage(1, { failedBy: ['anvil'] }), swarm, later)).toMatchObject([
    { droneId: 'anvil', rejection: null },
    { droneId: 'mute', rejection: null },
  ]);
});

test('a drone that failed the package waits for one that is busy, however long ago that asked', () => {
  const swarm = swarmOf([droneFacts('anvil'), droneFacts('busy')], [readyPackage(1, { failedBy: ['anvil'] })], NOW);
  swarm.fleet.start('busy', startedBuild(readyPackage(2), NOW));

  const later = NOW + 10 * swarm.policy.asksWithinMs;
  const rulesFor = (drone: string) => choose(drone, swarm, later).passedOver.map(({ rejection }) => rejection.rule);

  expect(rulesFor('anvil')).toEqual(['failed-here']);
  // It has built, and is about to ask again.
  swarm.fleet.end('busy', 2);
  expect(rulesFor('anvil')).toEqual(['failed-here']);
});
