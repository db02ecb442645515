import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Block, renderHeader, renderPackagesIndex } from '../../portage/packages-index.ts';
import { createIndexShards } from './index-shards.ts';

const HEADER = { TIMESTAMP: '1', VERSION: '0' };

/** Few names and many instances, so that pieces are cut within and between them. */
const anyBlock: fc.Arbitrary<Block> = fc
  .record({ name: fc.integer({ min: 0, max: 60 }), buildId: fc.integer({ min: 1, max: 9 }), size: fc.nat(999) })
  .map(({ name, buildId, size }) => ({
    CPV: `app-misc/p${name}-1`,
    PATH: `app-misc/p${name}/p${name}-1-${buildId}.gpkg.tar`,
    SIZE: String(size),
  }));

function textOf(parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString('utf8');
}

/** What the index must hold: of several packages of one PATH the last, in the place of the first. */
function byPath(blocks: readonly Block[]): Block[] {
  const kept = new Map<string, Block>();
  for (const block of blocks) kept.set(block['PATH'] ?? '', block);
  return [...kept.values()];
}

test('an index that grew package by package is the one that is written at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyBlock, { maxLength: 300 }), fc.nat(300), async (blocks, firstCount) => {
      const shards = createIndexShards(byPath(blocks.slice(0, firstCount)));

      for (const [index, block] of blocks.slice(firstCount).entries()) {
        shards.put(block);
        if (index % 7 === 0) await shards.compressed();
      }

      const expected = renderPackagesIndex(HEADER, byPath(blocks));
      const header = renderHeader(HEADER, shards.size());
      expect(header + textOf(shards.plain())).toBe(expected);
      const members = await shards.compressed();
      expect(header + (members.length === 0 ? '' : textOf([gunzipSync(Buffer.concat(members))]))).toBe(expected);
    }),
    { numRuns: 60 },
  );
});

test('one more package renders and compresses one piece only', async () => {
  const block = (number: number): Block => ({
    CPV: `app-misc/p${String(number).padStart(5, '0')}-1`,
    PATH: `p${number}`,
  });
  const shards = createIndexShards(Array.from({ length: 5_000 }, (_, number) => block(number * 2)));
  const [plain, compressed] = [shards.plain(), await shards.compressed()];

  shards.put(block(4_001));

  const changedIn = (before: readonly Uint8Array[], after: readonly Uint8Array[]) =>
    after.filter((part) => !before.includes(part)).length;
  expect(changedIn(plain, shards.plain())).toBe(1);
  expect(changedIn(compressed, await shards.compressed())).toBe(1);
});
