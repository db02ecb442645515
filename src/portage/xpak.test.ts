import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureBytes, fixturePath } from '../../test/portage/fixture.ts';
import { type BinpkgReading, binpkgPath } from './binpkg.ts';
import { indexBlockOf } from './index-entry.ts';
import { parsePackagesIndex } from './packages-index.ts';
import { readXpak } from './xpak.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'xpak-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function readBytes(bytes: Uint8Array): Promise<BinpkgReading> {
  const path = join(directory, 'package.xpak');
  await writeFile(path, bytes);
  return readXpak(path);
}

describe("Portage's own packages", () => {
  test.each([
    ['variants-1.0-1.xpak', 'Packages.xpak-multi-instance', 1, 'app-misc/variants/variants-1.0-1.xpak'],
    ['variants-1.0.tbz2', 'Packages.xpak-legacy-layout', null, 'app-misc/variants-1.0.tbz2'],
  ])('%s is accepted and gives the index entry that Portage wrote', async (name, index, buildId, path) => {
    const reading = await readXpak(fixturePath(`packages/${name}`));
    if (!('ok' in reading)) throw new Error(reading.refused);
    expect(reading.ok).toMatchObject({ format: 'xpak', cpv: 'app-misc/variants-1.0', buildId, signed: false });
    expect(binpkgPath(reading.ok)).toBe(path);

    const { header, packages } = parsePackagesIndex(fixtureBytes(`binhost/${index}`).toString());
    const { REPO_REVISIONS: _, ...written } = packages[0] ?? {};
    const file = { ...reading.ok, path, mtimeS: Number(written['MTIME']) };
    expect(indexBlockOf(reading.ok.metadata, file, header)).toEqual(written);
  });
});

describe('what is no XPAK package is refused', () => {
  const whole = fixtureBytes('packages/variants-1.0-1.xpak');

  test('cut off anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (end) => 'refused' in (await readBytes(whole.subarray(0, end)))),
      { numRuns: 100, examples: [[0], [1], [31], [whole.length - 1], [whole.length - 4]] },
    );
  });

  test('with something behind it', async () => {
    expect(await readBytes(Buffer.concat([whole, Buffer.from('x')]))).toHaveProperty('refused');
  });

  test('without an image', async () => {
    const segmentBytes = whole.readUInt32BE(whole.length - 8) + 8;

    expect(await readBytes(whole.subarray(whole.length - segmentBytes))).toEqual({
      refused: 'there is no archive before its metadata',
    });
  });

  test.each([
    ['longer than the file', 0x7fff_ffff],
    ['too short', 3],
  ])('with metadata that claims to be %s', async (_, length) => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt32BE(length, bytes.length - 8);

    expect(await readBytes(bytes)).toEqual({ refused: `its metadata cannot be ${length} bytes long` });
  });

  test('any change of a byte in its metadata is refused or read, but never thrown', async () => {
    const start = whole.length - 8 - whole.readUInt32BE(whole.length - 8);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: start, max: whole.length - 1 }), fc.nat(255), async (at, byte) => {
        const bytes = Uint8Array.from(whole);
        bytes[at] = byte;
        const reading = await readBytes(bytes);
        expect('ok' in reading || reading.refused.length > 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
