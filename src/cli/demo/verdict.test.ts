import { expect, test } from 'vitest';
import type { Plan } from '../../core/plan.ts';
import { createStyle } from '../output/style.ts';
import type { Expectations } from './expectations.ts';
import type { QueueRow } from './snapshot.ts';
import { summaryJson, summaryLines } from './summary.ts';
import { judge, type Outcome } from './verdict.ts';

const EXPECTATIONS: Expectations = {
  world: ['app-misc/good'],
  deliberate_failures: [
    { target: 'app-broken/bad', class: 'compile', why: '' },
    { target: 'app-broken/masked', class: 'masked', why: '' },
  ],
  deliberate_waits: [{ target: 'app-broken/needs-bad', waits_for: 'app-broken/bad', why: '' }],
  package_env: {},
  proof: { program: 'usr/bin/good', prints: 'good 42' },
};

const ROWS = {
  lib: row('=dev-libs/lib-1', { status: 'received' }),
  good: row('=app-misc/good-1', { status: 'received' }),
  bad: row('=app-broken/bad-1', { status: 'blocked', failure_class: 'compile', reason: 'compile: no' }),
  needsBad: row('=app-broken/needs-bad-1', { waiting_on: ['app-broken/bad-1 (blocked: compile)'] }),
  masked: row('app-broken/masked', { status: 'blocked', failure_class: 'masked' }),
};

const AS_EXPECTED: Outcome = {
  plan: planOf(['dev-libs/lib-1', 'app-misc/good-1', 'app-broken/bad-1', 'app-broken/needs-bad-1']),
  rows: Object.values(ROWS),
  history: [
    { package: '=dev-libs/lib-1', status: 'success', failure_class: null },
    { package: '=app-misc/good-1', status: 'success', failure_class: null },
    { package: '=app-broken/bad-1', status: 'failed', failure_class: 'compile' },
    { package: '=app-broken/bad-1', status: 'failed', failure_class: 'compile' },
  ],
  expectations: EXPECTATIONS,
  installation: {
    ...{ exitCode: 0, total: 2, completed: 2, compiled: [], installed: ['dev-libs/lib-1', 'app-misc/good-1'] },
    ...{ proof: 'good 42', lastLines: [] },
  },
  deaths: [],
};

test('a run in which all that had to fail did, and nothing else, has no problems', () => {
  expect(judge(AS_EXPECTED)).toMatchObject({ problems: [], built: 2, reused: 0, runs: 4, redundant: 0, retried: [] });
});

test.each<[string, Partial<Outcome>, RegExp]>([
  [
    'a world package was not built',
    { rows: rowsWith({ good: { status: 'blocked', reason: 'oom: killed' } }) },
    /good-1 was not built: it is blocked, oom: killed/,
  ],
  ['a world package was not queued', { rows: Object.values(ROWS).slice(1) }, /lib-1 was planned and never queued/],
  [
    'a deliberate failure was built',
    { rows: rowsWith({ bad: { status: 'received', failure_class: null } }) },
    /bad should have failed \(compile\) and did not/,
  ],
  [
    'a deliberate failure has another class',
    { rows: rowsWith({ masked: { failure_class: 'missing' } }) },
    /masked should have failed \(masked\)/,
  ],
  [
    'what should wait was built',
    { rows: rowsWith({ needsBad: { status: 'received', waiting_on: [] } }) },
    /needs-bad should wait for app-broken\/bad and does not/,
  ],
  [
    'what should wait waits for something else',
    { rows: rowsWith({ needsBad: { waiting_on: ['dev-libs/lib-1 (blocked: oom)'] } }) },
    /needs-bad should wait for app-broken\/bad/,
  ],
  [
    'a package was built twice',
    { history: [...AS_EXPECTED.history, { package: '=dev-libs/lib-1', status: 'success', failure_class: null }] },
    /1 of 3 builds repeated one that had succeeded/,
  ],
  [
    'the client compiled',
    { installation: { ...AS_EXPECTED.installation, compiled: ['dev-libs/lib-1'] } },
    /the client compiled dev-libs\/lib-1/,
  ],
  [
    'emerge failed in the client',
    { installation: { ...AS_EXPECTED.installation, exitCode: 1, lastLines: ['!!! no'] } },
    /ended with status 1:\n!!! no/,
  ],
  [
    'the client installed nothing',
    { installation: { ...AS_EXPECTED.installation, total: 0, completed: 0 } },
    /installed 0 of 0 packages/,
  ],
  [
    'a world atom is not installed',
    { installation: { ...AS_EXPECTED.installation, installed: ['dev-libs/lib-1'] } },
    /app-misc\/good is not installed/,
  ],
  [
    'the program printed something else',
    { installation: { ...AS_EXPECTED.installation, proof: 'good 41' } },
    /printed "good 41", not "good 42"/,
  ],
  [
    'a drone died',
    { deaths: [{ name: 'drone-1', message: 'drone-1 ended unexpectedly' }] },
    /drone-1 ended unexpectedly/,
  ],
])('it is a problem when %s', (_, part, problem) => {
  const { problems } = judge({ ...AS_EXPECTED, ...part });

  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(problem);
});

test('what was in the binhost already counts as reused, not as built', () => {
  const { built, reused, problems } = judge({ ...AS_EXPECTED, history: [] });

  expect({ built, reused, problems }).toEqual({ built: 0, reused: 2, problems: [] });
});

test('a build that failed before another try succeeded is told and is no problem; one handed back is no build', () => {
  const { retried, runs, problems } = judge({
    ...AS_EXPECTED,
    history: [
      ...AS_EXPECTED.history,
      { package: '=dev-libs/lib-1', status: 'failed', failure_class: 'oom' },
      { package: '=dev-libs/lib-1', status: 'returned', failure_class: null },
    ],
  });

  expect({ retried, runs, problems }).toEqual({
    retried: [{ package: 'dev-libs/lib-1', class: 'oom' }],
    runs: 5,
    problems: [],
  });
});

test.each([60, 80, 120])('the summary fits %i columns', (width) => {
  const lines = summaryLines(report(), { style: createStyle({ hasColour: false, isUnicode: true }), width });

  expect(lines.filter((line) => line.length > width)).toEqual([]);
  expect(lines.join('\n')).toContain('all as expected');
});

test('the summary for programs says whether all was well', () => {
  expect(JSON.parse(summaryJson(report()))).toMatchObject({ ok: true, problems: [], built: 2, data_dir: null });
});

function report() {
  return {
    verdict: judge(AS_EXPECTED),
    installation: AS_EXPECTED.installation,
    expectations: EXPECTATIONS,
    drones: 3,
    tookMs: { total: 76_000, building: 58_000, installing: 15_000 },
    binhostUrl: 'http://127.0.0.1:8100/binhost/',
    dataDir: '/srv/build-swarm-v3/demo-012345',
    isKept: false,
    staysUp: false,
  };
}

function rowsWith(changes: { readonly [Name in keyof typeof ROWS]?: Partial<QueueRow> }): QueueRow[] {
  return Object.entries(ROWS).map(([name, each]) => ({ ...each, ...changes[name as keyof typeof ROWS] }));
}

function row(name: string, part: Partial<QueueRow>): QueueRow {
  return {
    ...{ package: name, status: 'needed', assigned_to: null, failures: 0, id: 1, session_id: 's', attempt: null },
    ...{ ready: false, waiting_on: [], failure_class: null, reason: null, bump: 0 },
    ...part,
  };
}

function planOf(cpvs: readonly string[]): Plan {
  const node = { slot: '0', subslot: '0', repo: 'r', type: 'ebuild', operation: 'merge', use: [], iuse: [] } as const;
  return { nodes: cpvs.map((cpv) => ({ ...node, cpv })), edges: [], merge_order: cpvs };
}
