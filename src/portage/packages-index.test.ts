import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixtureBytes, fixturesIn, fixtureText } from '../../test/portage/fixture.ts';
import { compareBlocks, parsePackagesIndex, renderBlock, renderHeader, renderPackagesIndex } from './packages-index.ts';

const INDEXES = fixturesIn('binhost').filter((name) => !name.endsWith('.gz'));

describe("Portage's own indexes", () => {
  test('there are four of them to try', () => {
    expect(INDEXES).toHaveLength(4);
  });

  test.each(INDEXES)('%s is written as it was read, byte for byte', (name) => {
    const text = fixtureText(name);

    const { header, packages } = parsePackagesIndex(text);

    expect(packages).toHaveLength(Number(header['PACKAGES']));
    expect(renderPackagesIndex(header, packages)).toBe(text);
  });

  test('the order in which packages are handed in does not matter', () => {
    const text = fixtureText('binhost/Packages');
    const { header, packages } = parsePackagesIndex(text);

    fc.assert(
      fc.property(fc.shuffledSubarray([...packages], { minLength: packages.length }), (shuffled) => {
        expect(renderPackagesIndex(header, shuffled)).toBe(text);
      }),
      { numRuns: 20 },
    );
  });

  test('an index put together from rendered blocks is the same', () => {
    const text = fixtureText('binhost/Packages');
    const { header, packages } = parsePackagesIndex(text);

    const blocks = packages.toSorted(compareBlocks).map(renderBlock);

    expect([renderHeader(header, blocks.length), ...blocks].join('')).toBe(text);
  });

  test('Packages.gz holds the same text', () => {
    expect(gunzipSync(fixtureBytes('binhost/Packages.gz')).toString()).toBe(fixtureText('binhost/Packages'));
  });
});

describe('reading is as lenient as Portage', () => {
  test('a block without CPV, a line without colon and an extra empty line are skipped', () => {
    const { header, packages } = parsePackagesIndex('VERSION: 0\nnoise\n\n\nSIZE: 1\n\nCPV: a/b-1\nnoise\nPATH:x\n\n');

    expect(header).toEqual({ VERSION: '0' });
    expect(packages).toEqual([{ CPV: 'a/b-1', PATH: '' }]);
  });

  test('of a key that is written twice the last counts', () => {
    expect(parsePackagesIndex('A: 1\nA: 2\n\n').header).toEqual({ A: '2' });
  });

  test('a value may contain colons', () => {
    const { packages } = parsePackagesIndex('V: 0\n\nCPV: a/b-1\nREQUIRES: x86_64: libc.so.6\n\n');

    expect(packages[0]).toMatchObject({ REQUIRES: 'x86_64: libc.so.6' });
  });

  test('an empty text is an index without packages', () => {
    expect(parsePackagesIndex('')).toEqual({ header: {}, packages: [] });
  });

  test('a key named like an inherited property is a key like any other', () => {
    const { header } = parsePackagesIndex('__proto__: x\nconstructor: y\n\n');

    expect(Object.entries(header)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});

describe('writing', () => {
  test('MTIME and REPO come last and DESC where DESCRIPTION would be', () => {
    const block = { REPO: 'r', MTIME: '1', EAPI: '8', DESC: 'd', DEPEND: 'x', USE: 'u', CPV: 'a/b-1' };

    expect(renderBlock(block)).toBe('CPV: a/b-1\nDEPEND: x\nDESC: d\nEAPI: 8\nUSE: u\nMTIME: 1\nREPO: r\n\n');
  });

  test('packages are sorted by their names as text, not by version', () => {
    const text = renderPackagesIndex({}, [{ CPV: 'a/b-9' }, { CPV: 'a/b-10' }, { CPV: 'a/b+-1' }]);

    expect(text).toBe('PACKAGES: 3\n\nCPV: a/b+-1\n\nCPV: a/b-10\n\nCPV: a/b-9\n\n');
  });

  test('instances of one version keep their order', () => {
    const text = renderPackagesIndex({}, [
      { CPV: 'a/b-1', BUILD_ID: '2' },
      { CPV: 'a/b-1', BUILD_ID: '1' },
    ]);

    expect(parsePackagesIndex(text).packages.map((block) => block['BUILD_ID'])).toEqual(['2', '1']);
  });

  test('no value can add a key or a package of its own', () => {
    const value = fc.string({ unit: fc.constantFrom('\n', '\r', ':', ' ', 'C', 'P', 'V', 'x') });
    fc.assert(
      fc.property(value, value, (a, b) => {
        const text = renderPackagesIndex({ VERSION: '0' }, [{ CPV: 'a/b-1', USE: a, SLOT: b }]);
        const { header, packages } = parsePackagesIndex(text);
        expect(header).toEqual({ VERSION: '0', PACKAGES: '1' });
        expect(packages).toHaveLength(1);
        expect(Object.keys(packages[0] ?? {}).every((key) => ['CPV', 'USE', 'SLOT'].includes(key))).toBe(true);
      }),
    );
  });
});
