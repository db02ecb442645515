import { expect, test } from 'vitest';
import { cacheDir, dataDir, stateDir } from './paths.ts';

test('root keeps its files where the system keeps such files', () => {
  expect([cacheDir({}, 0), dataDir({}, 0), stateDir({}, 0)]).toEqual([
    '/var/cache/build-swarm-v3',
    '/var/lib/build-swarm-v3',
    '/var/log/build-swarm-v3',
  ]);
});

test('an ordinary user has the directories of the XDG specification', () => {
  const env = { HOME: '/home/ada', XDG_DATA_HOME: '/data/ada', XDG_STATE_HOME: 'not/absolute' };

  expect([cacheDir(env, 1000), dataDir(env, 1000), stateDir(env, 1000)]).toEqual([
    '/home/ada/.cache/build-swarm-v3',
    '/data/ada/build-swarm-v3',
    '/home/ada/.local/state/build-swarm-v3',
  ]);
});
