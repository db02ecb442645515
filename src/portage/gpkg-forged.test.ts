import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  FORGED_KEYS,
  type ForgedMember,
  type Forgery,
  forgeGpkg,
  forgeMetadata,
  forgeTar,
  manifestOf,
} from '../../test/portage/forge.ts';
import type { BinpkgReading } from './binpkg.ts';
import { type GpkgOptions, readGpkg } from './gpkg.ts';

async function readForged(forgery: Forgery, options?: GpkgOptions): Promise<BinpkgReading> {
  const bytes = await forgeGpkg(forgery);
  async function* once(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  return readGpkg(once(), options);
}

function refusal(reason: string): { refused: string } {
  return { refused: expect.stringContaining(reason) as string };
}

const extra = (member: ForgedMember) => (members: ForgedMember[]) => [
  ...members.slice(0, 3),
  member,
  ...members.slice(3),
];

test('a package that somebody else packed by the rules is accepted', async () => {
  expect(await readForged({})).toMatchObject({
    ok: { cpv: 'app-misc/forged-1.0', buildId: 1, baseName: 'forged-1.0-1', metadata: FORGED_KEYS, signed: false },
  });
});

describe('members that have no business there', () => {
  test.each<[string, ForgedMember, string]>([
    ['one in another directory', { name: 'other-1.0-1/x', content: 'x' }, 'is not in the directory forged-1.0-1'],
    ['one in a directory below', { name: 'forged-1.0-1/a/x' }, 'is not a file in one directory'],
    ['one in no directory', { name: 'x' }, 'is not a file in one directory'],
    ['one with an absolute name', { name: '/etc/passwd', content: 'x' }, 'is not a file in one directory'],
    ['one that climbs out', { name: '../x' }, 'is not a file in one directory'],
    ['one that climbs out from inside', { name: 'forged-1.0-1/../x' }, 'is not a file in one directory'],
    ['one nobody knows', { name: 'forged-1.0-1/install.sh', content: 'x' }, 'does not belong into a gpkg'],
    ['a second image', { name: 'forged-1.0-1/image.tar.zst', content: 'x' }, 'is there twice'],
    ['an image packed otherwise', { name: 'forged-1.0-1/image.tar.gz', content: 'x' }, 'is there twice'],
    ['metadata after the image', { name: 'forged-1.0-1/metadata.tar.xz', content: 'x' }, 'is there twice'],
    ['a signature of nothing', { name: 'forged-1.0-1/image.tar.gz.sig', content: 'x' }, 'signs nothing'],
    ['a symbolic link', { name: 'forged-1.0-1/image.tar', type: 'symlink', linkname: '/etc' }, 'not a regular file'],
    ['a hard link', { name: 'forged-1.0-1/image.tar', type: 'link', linkname: 'x' }, 'not a regular file'],
    ['a device', { name: 'forged-1.0-1/image.tar', type: 'block-device' }, 'not a regular file'],
    ['a directory', { name: 'forged-1.0-1/', type: 'directory' }, 'not a regular file'],
    ['a pax header', { name: 'forged-1.0-1/image.tar', pax: { comment: 'x' } }, 'not a regular file'],
    [
      'an unlisted signature',
      { name: 'forged-1.0-1/image.tar.zst.sig', content: 'x' },
      'is not listed in the Manifest',
    ],
  ])('%s', async (_, member, reason) => {
    expect(await readForged({ change: extra(member) })).toEqual(refusal(reason));
  });
});

describe('members that are missing or misplaced', () => {
  test.each([
    ['gpkg-1', 'the first member is metadata.tar.gz, not gpkg-1'],
    ['metadata.tar.gz', 'the package has no metadata'],
    ['image.tar.zst', 'the package has no image'],
    ['Manifest', 'the package has no Manifest'],
  ])('without %s', async (name, reason) => {
    const change = (members: ForgedMember[]) => members.filter((member) => !member.name.endsWith(`/${name}`));

    expect(await readForged({ change })).toEqual(refusal(reason));
  });

  test('with the Manifest before what it lists', async () => {
    const change = (members: ForgedMember[]) => [...members.slice(0, 1), ...members.slice(3), ...members.slice(1, 3)];

    expect(await readForged({ change })).toEqual(refusal('comes after Manifest'));
  });

  test('with the image before the metadata', async () => {
    const change = ([version, metadata, image, manifest]: ForgedMember[]) =>
      [version, image, metadata, manifest].filter((member) => member !== undefined);

    expect(await readForged({ change })).toEqual(refusal('metadata.tar.gz comes after image.tar.zst'));
  });
});

describe('a Manifest that does not fit', () => {
  test.each<[string, (text: string) => string, string]>([
    ['lists more than there is', (text) => text + manifestOf([{ name: 'ghost' }]), 'lists ghost'],
    ['lists less than there is', (text) => text.replace(/DATA image[^\n]*\n/, ''), 'image.tar.zst is not listed'],
    ['lists a member twice', (text) => text + text.split('\n')[0] + '\n', 'names gpkg-1 twice'],
    ['has another size', (text) => text.replace(/image.tar.zst \d+/, 'image.tar.zst 7'), 'the Manifest says 7'],
    ['has another BLAKE2B', (text) => text.replace(/(image.* BLAKE2B )./, '$1g'), 'not a DATA line'],
    ['has a wrong BLAKE2B', (text) => text.replaceAll(/BLAKE2B ..../g, 'BLAKE2B 0000'), 'BLAKE2B hash'],
    ['has a wrong SHA512', (text) => text.replaceAll(/SHA512 ..../g, 'SHA512 0000'), 'SHA512 hash'],
    ['has no SHA512', (text) => text.replaceAll(/ SHA512 [0-9a-f]+/g, ''), 'not a DATA line'],
    ['has the same hash twice', (text) => text.replaceAll('SHA512', 'BLAKE2B'), 'not a DATA line'],
    ['is empty', () => '', 'does not end with a line end'],
    ['is cut off', (text) => text.slice(0, -10), 'does not end with a line end'],
    ['has a half signature', (text) => `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${text}`, 'is not whole'],
  ])('because it %s', async (_, changeManifest, reason) => {
    expect(await readForged({ changeManifest })).toEqual(refusal(reason));
  });

  test('the order of the two hashes does not matter', async () => {
    const changeManifest = (text: string) => text.replaceAll(/(BLAKE2B \w+) (SHA512 \w+)/g, '$2 $1');

    expect(await readForged({ changeManifest })).toHaveProperty('ok');
  });
});

describe('metadata that cannot be believed', () => {
  const metadataOf = async (members: ForgedMember[]) => gzipSync(await forgeTar(members));

  test.each([
    ['no CATEGORY', { ...FORGED_KEYS, CATEGORY: '' }, 'has no CATEGORY'],
    ['no SLOT', { ...FORGED_KEYS, SLOT: '' }, 'has no SLOT'],
    ['a category that is a path', { ...FORGED_KEYS, CATEGORY: '../..' }, 'is not a category/name-version'],
    ['a name without version', { ...FORGED_KEYS, PF: 'forged' }, 'is not a category/name-version'],
    ['a build id that is none', { ...FORGED_KEYS, BUILD_ID: '1/..' }, 'is not a number'],
    ['another version', { ...FORGED_KEYS, PF: 'forged-1.1' }, 'its metadata says forged-1.1-1'],
    ['another build id', { ...FORGED_KEYS, BUILD_ID: '2' }, 'its metadata says forged-1.0-2'],
  ])('%s', async (_, keys, reason) => {
    expect(await readForged({ keys })).toEqual(refusal(reason));
  });

  test.each<[string, ForgedMember[], string]>([
    ['a key outside its directory', [{ name: '../PF', content: 'x' }], 'is not a file in the directory metadata'],
    ['a key that is a link', [{ name: 'metadata/PF', type: 'symlink', linkname: 'x' }], 'is not a file'],
    ['a key that is there twice', [{ name: 'metadata/PF' }, { name: 'metadata/PF' }], 'PF is there twice'],
  ])('%s', async (_, members, reason) => {
    expect(await readForged({ metadata: await metadataOf(members) })).toEqual(refusal(reason));
  });

  test('an archive that is cut off', async () => {
    const whole = await forgeMetadata(FORGED_KEYS);

    expect(await readForged({ metadata: gzipSync(whole.subarray(0, 700)) })).toEqual(refusal('cut off'));
  });

  test('a directory without build id belongs to a package without build id', async () => {
    const { BUILD_ID: _, ...keys } = FORGED_KEYS;

    expect(await readForged({ keys, directory: 'forged-1.0' })).toMatchObject({ ok: { buildId: null } });
  });
});

describe('how metadata may be packed', () => {
  test('not at all', async () => {
    const forgery = { metadataName: 'metadata.tar', metadata: await forgeMetadata(FORGED_KEYS) };

    expect(await readForged(forgery)).toHaveProperty('ok');
  });

  test('with something only the caller can unpack', async () => {
    const metadata = Buffer.from('packed');
    const forgery = { metadataName: 'metadata.tar.xz', metadata };
    const unpacked = await forgeMetadata(FORGED_KEYS);
    const asked: unknown[] = [];
    const decompress = (...question: unknown[]) => {
      asked.push(...question.slice(0, 2));
      return unpacked;
    };

    expect(await readForged(forgery)).toEqual(refusal('metadata.tar.xz cannot be read: this program has no'));
    expect(await readForged(forgery, { decompress })).toHaveProperty('ok');
    expect(asked).toEqual(['metadata.tar.xz', metadata]);
  });

  test('what the caller throws becomes the reason', async () => {
    const decompress = () => Promise.reject(new Error('xz: not found'));

    expect(await readForged({ metadataName: 'metadata.tar.xz' }, { decompress })).toEqual(refusal('xz: not found'));
  });

  test('a gzip bomb is refused before it goes off', async () => {
    const metadata = gzipSync(Buffer.alloc(33 * 1024 * 1024));

    expect(metadata.length).toBeLessThan(64 * 1024);
    expect(await readForged({ metadata })).toEqual(refusal('metadata.tar.gz cannot be read'));
  });

  test('gzip that is none, zstd that is none', async () => {
    const metadata = Buffer.from('neither the one nor the other');

    expect(await readForged({ metadata })).toEqual(refusal('cannot be read'));
    expect(await readForged({ metadata, metadataName: 'metadata.tar.zst' })).toEqual(refusal('not a whole zstd file'));
  });
});
