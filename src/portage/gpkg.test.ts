import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixtureBytes, fixturePath } from '../../test/portage/fixture.ts';
import { forgeGpkg, forgeTar } from '../../test/portage/forge.ts';
import { type BinpkgReading, binpkgPath } from './binpkg.ts';
import { readGpkg } from './gpkg.ts';
import { indexBlockOf } from './index-entry.ts';
import { parsePackagesIndex } from './packages-index.ts';

const PACKAGES = ['swarmhttp-1.8-1', 'variants-1.0-1', 'variants-1.0-1.signed'];
const fileOf = (name: string): string => `packages/${name}.gpkg.tar`;

async function* inPieces(bytes: Uint8Array, pieceBytes = 4096): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += pieceBytes) yield bytes.subarray(offset, offset + pieceBytes);
}

function read(bytes: Uint8Array, pieceBytes?: number): Promise<BinpkgReading> {
  return readGpkg(inPieces(bytes, pieceBytes));
}

async function isRefused(bytes: Uint8Array): Promise<boolean> {
  return 'refused' in (await read(bytes));
}

describe("Portage's own packages", () => {
  test.each(PACKAGES)('%s is accepted, and its hashes are those of the file', async (name) => {
    const bytes = fixtureBytes(fileOf(name));

    const reading = await readGpkg(createReadStream(fixturePath(fileOf(name))));

    const hash = (algorithm: string): string => createHash(algorithm).update(bytes).digest('hex');
    expect(reading).toMatchObject({
      ok: { format: 'gpkg', sizeBytes: bytes.length, md5: hash('md5'), sha1: hash('sha1'), sha256: hash('sha256') },
    });
  });

  test('its metadata says what it is, without the ebuild and the environment', async () => {
    const reading = await read(fixtureBytes(fileOf('swarmhttp-1.8-1')));

    expect(reading).toMatchObject({
      ok: { cpv: 'net-libs/swarmhttp-1.8', buildId: 1, baseName: 'swarmhttp-1.8-1', signed: false },
    });
    const { metadata } = 'ok' in reading ? reading.ok : { metadata: {} };
    expect(metadata).toMatchObject({
      ...{ CATEGORY: 'net-libs', PF: 'swarmhttp-1.8', SLOT: '0/1', USE: 'amd64 elibc_glibc kernel_linux' },
      ...{ repository: 'swarmtest', RDEPEND: 'dev-libs/swarmjson:0/1=[unicode] net-libs/swarmnet:0/3=' },
    });
    expect(Object.keys(metadata)).toHaveLength(30);
  });

  test('a signed one is recognised as signed', async () => {
    expect(await read(fixtureBytes(fileOf('variants-1.0-1.signed')))).toMatchObject({ ok: { signed: true } });
  });

  test.each(['swarmhttp-1.8-1', 'variants-1.0-1'])('%s gives the index entry that Portage wrote', async (name) => {
    const { header, packages } = parsePackagesIndex(fixtureBytes('binhost/Packages').toString());
    const reading = await read(fixtureBytes(fileOf(name)));
    if (!('ok' in reading)) throw new Error(reading.refused);
    const written = packages.find((block) => block['CPV'] === reading.ok.cpv);

    const block = indexBlockOf(
      reading.ok.metadata,
      { ...reading.ok, path: binpkgPath(reading.ok), mtimeS: Number(written?.['MTIME']) },
      header,
    );

    expect(block).toEqual(written);
  });

  test('the pieces in which it arrives make no difference', async () => {
    const bytes = fixtureBytes(fileOf('variants-1.0-1.signed'));
    const whole = await read(bytes, bytes.length);

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 100, max: 3000 }), async (pieceBytes) => {
        expect(await read(bytes, pieceBytes)).toEqual(whole);
      }),
      { numRuns: 20, examples: [[511], [512], [513]] },
    );
    expect(await read(bytes, 1)).toEqual(whole);
  });
});

describe('a damaged package is refused', () => {
  // Of an inline signature only gpg can tell whether it is right; the text it signs is checked here.
  const isArmour = (bytes: Buffer, position: number): boolean => {
    const [text, begin] = [bytes.indexOf('-----BEGIN PGP SIGNED'), bytes.lastIndexOf('-----BEGIN PGP SIGNATURE-----')];
    const isHashLine = position > bytes.indexOf('\nHash: ', text) && position < bytes.indexOf('\n\nDATA', text);
    const isSignature = position > begin && position < bytes.lastIndexOf('-----END PGP SIGNATURE');
    return text >= 0 && (isHashLine || isSignature);
  };

  test.each(PACKAGES)('%s with any one byte changed', async (name) => {
    const bytes = fixtureBytes(fileOf(name));
    const position = fc.nat(bytes.length - 1).filter((at) => !isArmour(bytes, at));

    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        expect(await isRefused(damaged)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('in every single byte of its tar headers', async () => {
    const bytes = fixtureBytes(fileOf('swarmhttp-1.8-1'));
    const headers = [0, 512, 6144, 8704].filter((at) => bytes.toString('latin1', at + 257, at + 262) === 'ustar');
    expect(headers).toHaveLength(4);

    let accepted = 0;
    for (const at of headers.flatMap((start) => Array.from({ length: 512 }, (_, index) => start + index))) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      if (!(await isRefused(damaged))) accepted += 1;
    }

    expect(accepted).toBe(0);
  });

  test.each(PACKAGES)('%s cut off at any block', async (name) => {
    const bytes = fixtureBytes(fileOf(name));
    const ends = Array.from({ length: bytes.length / 512 }, (_, index) => index * 512);

    const refused = await Promise.all(ends.map((end) => isRefused(bytes.subarray(0, end))));

    expect(refused.filter(Boolean)).toHaveLength(ends.length);
  });

  test.each(PACKAGES)('%s cut off anywhere', async (name) => {
    const bytes = fixtureBytes(fileOf(name));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), (end) => isRefused(bytes.subarray(0, end))),
      { numRuns: 100 },
    );
  });

  test.each([1, 512, 10_240])('with %i bytes more at its end', async (count) => {
    const bytes = fixtureBytes(fileOf('variants-1.0-1'));

    expect(await isRefused(Buffer.concat([bytes, Buffer.alloc(count)]))).toBe(true);
    expect(await isRefused(Buffer.concat([bytes, Buffer.alloc(count, 'x')]))).toBe(true);
  });

  test('when it is two packages in one', async () => {
    const bytes = fixtureBytes(fileOf('variants-1.0-1'));

    expect(await isRefused(Buffer.concat([bytes, bytes]))).toBe(true);
  });

  test.each([
    ['an empty file', Buffer.alloc(0)],
    ['nothing but zeros', Buffer.alloc(10_240)],
    ['a web page', Buffer.from('<html>'.repeat(2000))],
  ])('when it is %s', async (_, bytes) => {
    expect(await isRefused(bytes)).toBe(true);
  });
});

test('a refusal ends the reading, however much is still to come', async () => {
  const bytes = fixtureBytes(fileOf('variants-1.0-1'));
  let pieces = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      pieces += 1;
      yield pieces === 1 ? bytes : Buffer.from('more');
    }
  }

  expect(await readGpkg(endless())).toHaveProperty('refused');
  expect(pieces).toBe(2);
});

test('an image is never kept: 16 MiB pass in the memory of a few pieces', async () => {
  const bytes = await forgeGpkg({ image: Buffer.alloc(16 * 1024 * 1024, 'x') });
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const piece of inPieces(bytes, 64 * 1024)) {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      yield piece;
    }
  }

  expect(await readGpkg(watched())).toHaveProperty('ok');
  expect(most).toBeLessThan(4 * 1024 * 1024);
});

test('an archive of another kind is refused by its first member', async () => {
  const bytes = await forgeTar([{ name: 'metadata/PF', content: 'x' }]);

  expect(await read(bytes)).toEqual({ refused: '"metadata/PF" does not belong into a gpkg' });
});
