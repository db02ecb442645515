import { describe, expect, test } from 'vitest';
import { compareWithPlan, type ExpectedPackage } from './binpkg-check.ts';

const BUILT = {
  ...{ CATEGORY: 'dev-libs', PF: 'foo-1.2-r1', SLOT: '0/3', CHOST: 'x86_64-pc-linux-gnu', repository: 'gentoo' },
  ...{ USE: 'amd64 elibc_glibc kernel_linux ssl unicode', IUSE: '+ssl gtk unicode' },
};
const PLANNED: ExpectedPackage = {
  ...{ cpv: 'dev-libs/foo-1.2-r1', slot: '0/3', repo: 'gentoo', chost: 'x86_64-pc-linux-gnu' },
  ...{ use: ['ssl', 'unicode'], iuse: ['ssl', 'gtk', 'unicode'] },
};

test('what was built as planned has no difference', () => {
  expect(compareWithPlan(BUILT, PLANNED)).toEqual([]);
});

describe('each difference is spelled out', () => {
  test.each<[string, Partial<ExpectedPackage>, string[]]>([
    ['another version', { cpv: 'dev-libs/foo-1.2' }, ['it is dev-libs/foo-1.2-r1, planned was dev-libs/foo-1.2']],
    ['another repository', { repo: 'local' }, ['it comes from the repository gentoo, planned was local']],
    ['another subslot', { slot: '0/4' }, ['its slot is 0/3, planned was 0/4']],
    ['no subslot in the plan', { slot: '0' }, ['its slot is 0/3, planned was 0/0']],
    [
      'another machine',
      { chost: 'riscv64-unknown-linux-gnu' },
      ['it was built for x86_64-pc-linux-gnu, planned was riscv64-unknown-linux-gnu'],
    ],
    ['a flag too many', { use: ['ssl'] }, ['USE flag unicode is on, planned was off']],
    ['a flag too few', { use: ['ssl', 'unicode', 'gtk'] }, ['USE flag gtk is off, planned was on']],
  ])('%s', (_, change, differences) => {
    expect(compareWithPlan(BUILT, { ...PLANNED, ...change })).toEqual(differences);
  });

  test('several at once, in one order', () => {
    const differences = compareWithPlan(BUILT, { ...PLANNED, repo: 'local', use: ['gtk'], slot: '1' });

    expect(differences).toHaveLength(5);
    expect(differences.slice(0, 3).map((text) => text.split(' ')[2])).toEqual(['gtk', 'ssl', 'unicode']);
  });

  test('a package that says nothing of itself', () => {
    expect(compareWithPlan({}, PLANNED)).toContain('it was built for (nothing), planned was x86_64-pc-linux-gnu');
  });
});

test('flags outside the IUSE of the plan and the marks of defaults do not count', () => {
  expect(compareWithPlan(BUILT, { ...PLANNED, iuse: ['+ssl', '-unicode'], use: ['ssl', 'unicode', 'amd64'] })).toEqual(
    [],
  );
});

test('a slot without subslot is its own subslot', () => {
  expect(compareWithPlan({ ...BUILT, SLOT: '2' }, { ...PLANNED, slot: '2/2' })).toEqual([]);
});

test('without a known machine any will do', () => {
  const { chost: _, ...planned } = PLANNED;

  expect(compareWithPlan(BUILT, planned)).toEqual([]);
});
