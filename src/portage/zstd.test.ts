import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inflateZstd } from './zstd.ts';

const MIB = 1024 * 1024;
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

function blockHeader(kind: 'raw' | 'rle', sizeBytes: number, isLast: boolean): number[] {
  const header = (sizeBytes << 3) | (kind === 'rle' ? 2 : 0) | (isLast ? 1 : 0);
  return [header & 0xff, (header >> 8) & 0xff, header >> 16];
}

/** A frame as RFC 8878 describes it, with a window of 1 MiB and a single uncompressed block. */
function rawFrame(text: string): number[] {
  const content = Buffer.from(text);
  return [...MAGIC, 0, 10 << 3, ...blockHeader('raw', content.length, true), ...content];
}

/** Some hundred bytes that unpack to `blocks` × 128 KiB. */
function bomb(blocks: number): Uint8Array {
  const runs = Array.from({ length: blocks }, (_, index) => [
    ...blockHeader('rle', 128 * 1024, index === blocks - 1),
    0x78,
  ]);
  return Uint8Array.from([...MAGIC, 0, 10 << 3, ...runs.flat()]);
}

test('one frame and several frames are unpacked', () => {
  expect(inflateZstd(Uint8Array.from(rawFrame('one')), MIB)).toEqual(Buffer.from('one'));
  expect(inflateZstd(Uint8Array.from([...rawFrame('one, '), ...rawFrame('two')]), MIB)).toEqual(
    Buffer.from('one, two'),
  );
});

test('what would be larger than allowed is refused', () => {
  expect(inflateZstd(bomb(8), MIB)).toHaveLength(MIB);
  expect(inflateZstd(bomb(9), MIB)).toEqual({ problem: `it holds more than ${MIB} bytes` });
  expect(inflateZstd(bomb(4000), MIB)).toEqual({ problem: `it holds more than ${MIB} bytes` });
});

test('memory is not handed out on a claim, also not to a second frame', () => {
  const before = process.memoryUsage().arrayBuffers;
  const claim = [...MAGIC, 0, 20 << 3, ...blockHeader('raw', 1, true), 0x78];

  for (const frames of [claim, [...rawFrame('harmless'), ...claim]])
    expect(inflateZstd(Uint8Array.from(frames), MIB)).toEqual({
      problem: `it wants a zstd window of ${1024 * MIB} bytes`,
    });

  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MIB);
});

test('a file that is cut off is refused', () => {
  const whole = Uint8Array.from([...rawFrame('one'), ...rawFrame('two')]);
  const inner = rawFrame('one').length;

  const ends = Array.from({ length: whole.length }, (_, end) => end).filter((end) => end !== inner);
  const refused = ends.filter((end) => 'problem' in inflateZstd(whole.subarray(0, end), MIB));

  expect(refused).toEqual(ends);
});

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isFrame) => {
      const result = inflateZstd(isFrame ? Uint8Array.from([...MAGIC, ...bytes]) : bytes, MIB);
      expect(result instanceof Uint8Array || 'problem' in result).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
