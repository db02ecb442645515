import { expect, test } from 'vitest';
import type { Build, Node, SwarmEvent } from '../../live/swarm-state.ts';
import { lookAt, messagesSince } from './messages.ts';

type Known = Parameters<typeof lookAt>[0];

/** Only what messages are made from. */
function swarm({ heard = {}, events = [], phases = {} }: Wish): Known {
  const nodes = Object.entries(heard).map(([id, at]) => [id, { id, name: id, last_seen: at } as Node] as const);
  const builds = Object.entries(phases).map(([attempt, phase]) => {
    const build = { attempt: Number(attempt), phase, drone_id: 'anvil', package: '=app-misc/jq-1.7' } as Build;
    return [build.attempt, build] as const;
  });
  return { events, nodes: new Map(nodes), builds: new Map(builds) };
}

type Wish = {
  readonly heard?: Readonly<Record<string, number>>;
  readonly events?: readonly SwarmEvent[];
  readonly phases?: Readonly<Record<number, string>>;
};

function event(id: number, type: string, drone: string | null = 'anvil'): SwarmEvent {
  const details = { package: '=app-misc/jq-1.7', ...(drone === null ? {} : { drone }) };
  return { id, type, message: type, details, timestamp: id };
}

const START = event(1, 'session', null);

test('a heartbeat, an upload that begins, and what happened are messages, each once', () => {
  const before = swarm({ heard: { anvil: 1, bellows: 1 }, events: [START], phases: { 7: 'compile', 8: 'upload' } });
  const after = swarm({
    heard: { anvil: 2, bellows: 1, crucible: 5 },
    events: [START, event(2, 'assign'), event(3, 'complete'), event(4, 'queue', null)],
    phases: { 7: 'upload', 8: 'upload' },
  });

  expect(messagesSince(lookAt(before), after).map(({ kind, way, drone }) => [kind, way, drone])).toEqual([
    ['heartbeat', 'up', 'anvil'],
    ['upload', 'up', 'anvil'],
    ['work', 'down', 'anvil'],
    ['complete', 'up', 'anvil'],
    ['publish', 'publish', null],
    ['order', 'orders', null],
  ]);
  expect(messagesSince(lookAt(after), after)).toEqual([]);
});

test('they say what went over the wire', () => {
  const events = [START, event(2, 'assign'), event(3, 'reclaim'), event(4, 'stuck'), event(5, 'fail', 'gone')];
  const after = swarm({ heard: { anvil: 1 }, events });

  const messages = messagesSince(lookAt(swarm({ heard: { anvil: 1 }, events: [START] })), after);

  expect(messages.map(({ says }) => says)).toEqual(['gets jq', 'jq was taken from it']);
});

test('nothing moves before the first look, and when time goes back or jumps', () => {
  const later = swarm({ events: [event(900, 'assign')] });

  expect(messagesSince(lookAt(swarm({})), later)).toEqual([]);
  expect(messagesSince(lookAt(later), swarm({ events: [event(3, 'assign')] }))).toEqual([]);
  expect(messagesSince(lookAt(swarm({ events: [START] })), later)).toEqual([]);
});
