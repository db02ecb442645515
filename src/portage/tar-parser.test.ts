import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ForgedMember, forgeTar } from '../../test/portage/forge.ts';
import { decodeTarHeader } from './tar-header.ts';
import { createTarParser, TAR_RECORD_BYTES, type TarEvent } from './tar-parser.ts';

const END = Buffer.alloc(1024);

function parse(bytes: Uint8Array, recordBytes = 512): TarEvent[] {
  const parser = createTarParser({ recordBytes });
  return [...parser.push(bytes), ...parser.finish()];
}

function problemsIn(events: readonly TarEvent[]): string[] {
  return events.filter((event) => event.kind === 'problem').map((event) => event.problem);
}

/** Header, content and padding of one member, without the end of the archive. */
async function blocksOf(member: ForgedMember): Promise<Buffer> {
  const bytes = await forgeTar([member]);
  return bytes.subarray(0, 512 + Math.ceil(Buffer.byteLength(member.content ?? '') / 512) * 512);
}

/** As GNU tar would write the header, with its sum made right. */
function asGnu(blocks: Buffer, change: (header: Buffer) => void): Buffer {
  const copy = Buffer.from(blocks);
  const header = copy.subarray(0, 512);
  header.write('ustar  \0', 257, 'latin1');
  change(header);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return copy;
}

test('members come with their content, whatever the pieces', async () => {
  const archive = await forgeTar([{ name: 'a', content: 'x'.repeat(700) }, { name: 'b' }, { name: 'c', content: 'y' }]);

  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), (pieceBytes) => {
      const parser = createTarParser({ recordBytes: TAR_RECORD_BYTES });
      const found: [name: string, content: string][] = [];
      const take = (events: readonly TarEvent[]): void => {
        for (const event of events) {
          if (event.kind === 'member') found.push([event.name, '']);
          const last = found.at(-1);
          if (event.kind === 'bytes' && last !== undefined) last[1] += Buffer.from(event.bytes).toString();
          if (event.kind === 'problem') throw new Error(event.problem);
        }
      };
      for (let at = 0; at < archive.length; at += pieceBytes) take(parser.push(archive.subarray(at, at + pieceBytes)));
      take(parser.finish());
      expect(found).toEqual([
        ['a', 'x'.repeat(700)],
        ['b', ''],
        ['c', 'y'],
      ]);
    }),
    { numRuns: 30, examples: [[1], [511], [512], [513]] },
  );
});

describe('what GNU tar does differently', () => {
  const longName = `${'directory/'.repeat(20)}file`;

  test('a long name comes before its member', async () => {
    const name = asGnu(await blocksOf({ name: '././@LongLink', content: `${longName}\0` }), (header) => {
      header.write('L', 156);
    });
    const member = asGnu(await blocksOf({ name: longName.slice(0, 100), content: 'x' }), () => undefined);

    const events = parse(Buffer.concat([name, member, END]));

    expect(events.map((event) => event.kind)).toEqual(['member', 'bytes', 'memberEnd']);
    expect(events[0]).toMatchObject({ name: longName, sizeBytes: 1, type: 'file' });
  });

  test('a long name without a member is a problem', async () => {
    const name = asGnu(await blocksOf({ name: '././@LongLink', content: `${longName}\0` }), (header) => {
      header.write('L', 156);
    });

    expect(problemsIn(parse(Buffer.concat([name, END])))).toEqual(['a long name is followed by no member']);
  });

  test('a name without end is a problem before it is read', async () => {
    const name = asGnu(await blocksOf({ name: '././@LongLink' }), (header) => {
      header.write('L', 156);
      header.write('00000100000', 124);
    });

    expect(problemsIn(parse(name))).toContain('a member has a name without end');
  });

  test('a size beyond eight gibibytes is a binary number', async () => {
    const header = asGnu(await blocksOf({ name: 'x' }), (block) => {
      block.fill(0, 124, 136);
      block[124] = 0x80;
      block.writeBigUInt64BE(9_000_000_000n, 128);
    });

    expect(decodeTarHeader(header)).toEqual({ name: 'x', sizeBytes: 9_000_000_000, type: 'file' });
  });

  test('a size no number can hold is a problem', async () => {
    const header = asGnu(await blocksOf({ name: 'x' }), (block) => {
      block.fill(0xff, 124, 136);
      block[124] = 0x80;
    });

    expect(decodeTarHeader(header)).toEqual({ problem: 'a tar header has no readable size' });
  });
});

test('a long name is read from both its parts in ustar', async () => {
  const name = `${'d'.repeat(90)}/${'f'.repeat(90)}`;

  expect(parse(await forgeTar([{ name }]))[0]).toMatchObject({ kind: 'member', name });
});

describe('what is wrong with an archive', () => {
  test('it is not one', () => {
    expect(problemsIn(parse(Buffer.alloc(512, 'x')))).toEqual(['a header is neither ustar nor GNU tar']);
  });

  test('its padding hides something', async () => {
    const archive = await forgeTar([{ name: 'a', content: 'x' }]);
    archive[600] = 1;

    expect(problemsIn(parse(archive))).toEqual(['the padding after a member is not empty']);
  });

  test('its end hides something', async () => {
    const archive = await forgeTar([{ name: 'a', content: 'x' }]);
    archive[archive.length - 1] = 1;

    expect(problemsIn(parse(archive))).toEqual(['something follows after the end of the archive']);
  });

  test('only one of the two empty blocks is there', async () => {
    const archive = await blocksOf({ name: 'a', content: 'x' });

    expect(problemsIn(parse(Buffer.concat([archive, Buffer.alloc(512)])))).toEqual([
      'the archive is cut off after 1536 bytes',
    ]);
  });

  test('the length of its last record is wrong, where that is asked for', async () => {
    const archive = await forgeTar([{ name: 'a', content: 'x' }], 512);

    expect(problemsIn(parse(archive))).toEqual([]);
    expect(problemsIn(parse(archive, TAR_RECORD_BYTES))).toEqual(['the archive is cut off after 2048 bytes']);
  });
});

test('no bytes make the parser throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => problemsIn(parse(bytes)).length === 1),
    { numRuns: 300 },
  );
});
