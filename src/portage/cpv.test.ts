import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCpv } from './cpv.ts';

test('a full name falls into category, name, version and revision', () => {
  expect(parseCpv('dev-libs/foo-bar-1.2_p3-r4')).toEqual({
    category: 'dev-libs',
    name: 'foo-bar',
    fullVersion: '1.2_p3-r4',
    version: '1.2_p3',
    revision: 4,
    cp: 'dev-libs/foo-bar',
    pf: 'foo-bar-1.2_p3-r4',
    cpv: 'dev-libs/foo-bar-1.2_p3-r4',
  });
});

const NAMES: readonly (readonly [cpv: string, name: string, fullVersion: string])[] = [
  ['app-misc/jq-1.7', 'jq', '1.7'],
  ['virtual/swarm-crypto-1', 'swarm-crypto', '1'],
  ['dev-libs/glib-2.80.0-r2', 'glib', '2.80.0-r2'],
  ['media-libs/gst-plugins-base-1.0-r1', 'gst-plugins-base', '1.0-r1'],
  ['x11-libs/gtk+-3.24', 'gtk+', '3.24'],
  ['dev-lang/c++-lib_x-9999', 'c++-lib_x', '9999'],
  ['sys-apps/foo-r1-2', 'foo-r1', '2'],
  ['sci-libs/3dlib-1.0b', '3dlib', '1.0b'],
];

test.each(NAMES)('%s is %s in version %s', (cpv, name, fullVersion) => {
  expect(parseCpv(cpv)).toMatchObject({ name, fullVersion, cpv });
});

test('a name may not end in what reads like a version, so that every full name has one reading', () => {
  expect(parseCpv('dev-java/java-config-2-2.3')).toBeUndefined();
  expect(parseCpv('a/foo-1-2')).toBeUndefined();
  expect(parseCpv('a/foo-1-r1-2')).toBeUndefined();
});

test.each([
  '',
  'foo-1.0',
  'a/foo',
  'a/b/foo-1.0',
  'a/-1.0',
  'a/foo-1.0 ',
  ' a/foo-1.0',
  'a/foo-1.0\n',
  '-a/foo-1.0',
  '.a/foo-1.0',
  '+a/foo-1.0',
  'a/fo.o-1.0',
  'a/foo-1.0-r',
  'a/foo-v1',
  '../foo-1.0',
  '=a/foo-1.0',
  'a/foo-1.0:0',
])('%j is not the name of a version', (text) => {
  expect(parseCpv(text)).toBeUndefined();
});

test('the parts of any accepted name make that name again', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z+_.-]{1,6}\/[a-z0-9+_-]{1,10}-\d[0-9a-z._r-]{0,6}$/), (text) => {
      const cpv = parseCpv(text);
      if (cpv === undefined) return;
      expect(`${cpv.category}/${cpv.name}-${cpv.fullVersion}`).toBe(text);
      expect(`${cpv.cp}-${cpv.fullVersion}`).toBe(text);
    }),
  );
});

test('no text makes the parser throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parseCpv(text) === undefined || text.includes('/')));
});
