import { expect, test } from 'vitest';
import { freeBinpkgPath } from './binpkg.ts';

test.each([
  ['dev-libs/a/a-1-1.gpkg.tar', 1, [], 'dev-libs/a/a-1-1.gpkg.tar'],
  ['dev-libs/a/a-1-1.gpkg.tar', 1, ['dev-libs/a/a-1-1.gpkg.tar'], 'dev-libs/a/a-1-2.gpkg.tar'],
  [
    ...(['dev-libs/a/a-1-3.gpkg.tar', 3] as const),
    ['dev-libs/a/a-1-3.gpkg.tar', 'dev-libs/a/a-1-4.gpkg.tar'],
    'dev-libs/a/a-1-5.gpkg.tar',
  ],
  ['dev-libs/a/a-1-1.xpak', 1, ['dev-libs/a/a-1-1.xpak'], 'dev-libs/a/a-1-2.xpak'],
  ['dev-libs/a-1.gpkg.tar', null, ['dev-libs/a-1.gpkg.tar'], 'dev-libs/a/a-1-1.gpkg.tar'],
  ['dev-libs/a-1.tbz2', null, ['dev-libs/a-1.tbz2'], 'dev-libs/a/a-1-1.xpak'],
] as const)('%s with build id %j beside %j goes to %s', (path, buildId, taken, free) => {
  expect(freeBinpkgPath({ path, cpv: 'dev-libs/a-1', buildId }, new Set(taken))).toBe(free);
});
