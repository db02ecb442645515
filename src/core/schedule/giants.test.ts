import { expect, test } from 'vitest';
import { DEFAULT_GIANTS, giantGroups } from './giants.ts';

test.each([
  'sys-devel/gcc',
  'llvm-core/llvm',
  'dev-lang/rust',
  'www-client/chromium',
  'dev-qt/qtwebengine',
  'net-libs/webkit-gtk',
  'net-libs/nodejs',
])('%s is a giant by default', (name) => {
  expect(giantGroups(DEFAULT_GIANTS)(name)).not.toBeNull();
});

test.each(['app-misc/jq', 'dev-libs/nodejs-tools', 'x11-libs/my-llvm'])('%s is none', (name) => {
  expect(giantGroups(DEFAULT_GIANTS)(name)).toBeNull();
});

test('a pattern with a category is about that category only', () => {
  const groupOf = giantGroups({ patterns: ['sci-libs/*'] });

  expect([groupOf('sci-libs/vtk'), groupOf('media-libs/vtk')]).toEqual(['giants', null]);
});

test('whatever else stands in a pattern stands for itself', () => {
  const groupOf = giantGroups({ patterns: ['gtk+', '('] });

  expect([groupOf('x11-libs/gtk+'), groupOf('x11-libs/gtkk')]).toEqual(['giants', null]);
});
