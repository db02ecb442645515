import { expect, test } from 'vitest';
import { emptyKnowledge } from './knowledge.ts';
import { addSize } from './source-size.ts';

test('the trend of duration by source size is found although a fifth of the packages are far off it', () => {
  const { sizes } = emptyKnowledge();

  for (let index = 0; index < 100; index += 1) {
    const x = 10 + ((index * 37) % 100) / 10;
    addSize(sizes, Math.exp(x), index % 5 === 0 ? 15 : 0.6 * x - 4);
  }

  expect(sizes.line?.slope).toBeGreaterThan(0.5);
  expect(sizes.line?.slope).toBeLessThan(0.7);
});

test('seven packages do not make a trend, and no trend says that more source is less work', () => {
  const { sizes } = emptyKnowledge();
  const lines = Array.from({ length: 8 }, (_, index) => {
    addSize(sizes, 1_000 * 2 ** index, 10 - index);
    return sizes.line;
  });

  expect(lines.slice(0, 7)).toEqual(Array(7).fill(null));
  expect(lines[7]?.slope).toBe(0);
});
