import { expect, test } from 'vitest';
import { axisMoment, bytes, duration, partsOf, relative } from './format.ts';

test.each([
  ['=dev-libs/a-b-1.2_rc3-r4', 'dev-libs', 'a-b', '1.2_rc3-r4'],
  ['media-fonts/font-adobe-100dpi-1.0.4', 'media-fonts', 'font-adobe-100dpi', '1.0.4'],
  ['media-fonts/font-adobe-100dpi', 'media-fonts', 'font-adobe-100dpi', ''],
  ['app-editors/vim', 'app-editors', 'vim', ''],
  ['=dev-lang/go-1.26.5b', 'dev-lang', 'go', '1.26.5b'],
])('%s is taken apart', (atom, category, name, version) => {
  expect(partsOf(atom)).toEqual({ category, name, version });
});

test('times and sizes are short', () => {
  expect([8, 125, 3840, 180_000].map((seconds) => duration(seconds))).toEqual(['8s', '2m 5s', '1h 4m', '2d 2h']);
  expect(duration(null)).toBe('–');
  expect([relative(1000, 1001), relative(1000, 1600), relative(5000, 1000)]).toEqual(['now', '10m ago', 'in 1h']);
  expect([bytes(0), bytes(1536), bytes(200 * 1024 ** 2)]).toEqual(['0 B', '1.5 KiB', '200 MiB']);
});

test('an axis of time says no more than tells its places apart', () => {
  const at = new Date(2026, 10, 23, 14, 3, 30).getTime() / 1000;
  const midnight = new Date(2026, 10, 23).getTime() / 1000;

  expect(axisMoment(at, 30)).toMatch(/^14[:.]03[:.]30$/);
  expect(axisMoment(at, 300)).toMatch(/^14[:.]03$/);
  expect(axisMoment(midnight, 3600)).toMatch(/23/);
  expect(axisMoment(at, 86_400)).toMatch(/23/);
});
