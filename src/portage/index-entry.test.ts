import { describe, expect, test } from 'vitest';
import { indexBlockOf } from './index-entry.ts';

const FILE = { path: 'a/b/b-1-1.gpkg.tar', sizeBytes: 10, md5: 'm', sha1: 's', mtimeS: 7 };
const NAME = { CATEGORY: 'a', PF: 'b-1' };
const ALWAYS = { CPV: 'a/b-1', PATH: 'a/b/b-1-1.gpkg.tar', SIZE: '10', MD5: 'm', SHA1: 's', MTIME: '7' };

test('the size is that of the file, not that of what is installed', () => {
  expect(indexBlockOf({ ...NAME, SIZE: '99999' }, FILE)).toEqual(ALWAYS);
});

describe('what is left out', () => {
  test('empty values and what a reader assumes anyway', () => {
    expect(indexBlockOf({ ...NAME, SLOT: '0', EAPI: '0', IUSE: '', USE: ' \n' }, FILE)).toEqual(ALWAYS);
  });

  test('keys that are not for the index', () => {
    const metadata = { ...NAME, CFLAGS: '-O2', HOMEPAGE: 'x', DESCRIPTION: 'x', REPO_REVISIONS: '{}', NEEDED: 'x' };

    expect(indexBlockOf(metadata, FILE)).toEqual(ALWAYS);
  });

  test('what the header says for all packages, but not what differs from it', () => {
    const metadata = { ...NAME, CHOST: 'x86_64-pc-linux-gnu', repository: 'gentoo' };

    expect(indexBlockOf(metadata, FILE, { CHOST: 'x86_64-pc-linux-gnu', REPO: 'gentoo' })).toEqual(ALWAYS);
    expect(indexBlockOf(metadata, FILE, { CHOST: 'other', REPO: 'other' })).toEqual({
      ...ALWAYS,
      CHOST: 'x86_64-pc-linux-gnu',
      REPO: 'gentoo',
    });
    expect(indexBlockOf({ ...NAME, USE: 'x' }, FILE, { USE: 'x' })).toEqual({ ...ALWAYS, USE: 'x' });
  });
});

test('white space of any kind becomes single blanks', () => {
  expect(indexBlockOf({ ...NAME, RDEPEND: ' a/x\n\tb/y  c/z\n' }, FILE)).toMatchObject({ RDEPEND: 'a/x b/y c/z' });
});
