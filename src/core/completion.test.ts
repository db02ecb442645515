import { expect, test } from 'vitest';
import { droneView, NOW, QUEUED } from '../testing/views.ts';
import { attemptToSearch, type CompletionReport, decideCompletion } from './completion.ts';
import { DEFAULT_POLICY as POLICY } from './policy.ts';
import { backoffMs } from './retry-pause.ts';
import type { CompletionView } from './view.ts';

function view(over: Partial<CompletionView> = {}): CompletionView {
  return {
    drone: droneView('anvil'),
    attempt: { id: 7, state: 'running', droneId: 'anvil', hasVerifiedPackage: true },
    queued: QUEUED,
    failedBy: [],
    returns: 0,
    others: [droneView('bellows')],
    twins: [],
    neighbours: 0,
    fleetMemoryMb: [],
    ...over,
  };
}

function report(over: Partial<CompletionReport> = {}): CompletionReport {
  return {
    package: '=dev-libs/a-1',
    status: 'failed',
    durationS: 3,
    error: 'boom',
    failureClass: 'compile',
    phase: 'compile',
    ...over,
  };
}

const success = report({ status: 'success', error: '', failureClass: null });

function moves(decision: ReturnType<typeof decideCompletion>) {
  return decision.changes.filter((change) => change.kind === 'move');
}

function messages(decision: ReturnType<typeof decideCompletion>): string[] {
  return decision.changes.flatMap((change) => (change.kind === 'event' ? [change.event.message] : []));
}

test('a success with its verified package is received', () => {
  const decision = decideCompletion(view(), success, POLICY, NOW);

  expect(decision.accepted).toBe(true);
  expect(moves(decision)).toMatchObject([{ queueId: 1, expect: { state: 'delegated', attempt: 7 }, to: 'received' }]);
  expect(decision.changes.map((change) => change.kind)).toContain('accept-binpkg');
});

test('a success without a package is a failure of the wire, not of the package', () => {
  const empty = view({ attempt: { id: 7, state: 'running', droneId: 'anvil', hasVerifiedPackage: false } });

  const decision = decideCompletion(empty, success, POLICY, NOW);

  expect(decision.accepted).toBe(false);
  expect(moves(decision)).toMatchObject([
    { to: 'needed', update: { failureClass: 'missing_binary', infrastructureFailures: 1 } },
  ]);
  expect(moves(decision)[0]?.update.failures).toBeUndefined();
});

const ATTEMPT = { id: 7, state: 'running', droneId: 'anvil', hasVerifiedPackage: false } as const;
const DELIVERED_NOTHING = view({ attempt: ATTEMPT });

test.each([
  ['virtual/editor', true],
  ['=virtual/editor-1', true],
  ['sys-devel/clang-rtlib-config-20', true],
  ['=app-eselect/eselect-ruby-20241225', true],
  ['sec-keys/openpgp-keys-gentoo-release', true],
  ['=kde-plasma/plasma-meta-base-6', true],
  ['app-test/dummy-7', true],
  ['dev-libs/virtual', false],
  ['app-misc/meta', false],
])('without a plan, the success of %s needs no package: %s', (name, isExempt) => {
  const { queued = QUEUED, ...rest } = DELIVERED_NOTHING;

  for (const isPlanned of [false, true]) {
    const decision = decideCompletion(
      { ...rest, queued: { ...queued, package: name, isPlanned } },
      success,
      POLICY,
      NOW,
    );
    expect([isPlanned, decision.accepted]).toEqual([isPlanned, isExempt && !isPlanned]);
  }
});

test.each([
  ['of which nothing came', {}, 7],
  ['a planned virtual', { queued: { ...QUEUED, package: '=virtual/editor-1' } }, 7],
  ['a virtual without a plan', { queued: { ...QUEUED, package: 'virtual/editor', isPlanned: false } }, undefined],
  ['that is here', { attempt: { ...ATTEMPT, hasVerifiedPackage: true } }, undefined],
  ['that is received', { attempt: { ...ATTEMPT, state: 'received' as const } }, undefined],
  ['of another drone', { drone: droneView('bellows') }, undefined],
  ['that another attempt has followed', { queued: { ...QUEUED, attempt: 8 } }, undefined],
])('a package is looked for when it decides about the report: one %s', (_, over, searched) => {
  expect(attemptToSearch({ ...DELIVERED_NOTHING, ...over }, success)).toBe(searched);
});

test('for a failure no package is looked for', () => {
  expect(attemptToSearch(DELIVERED_NOTHING, report())).toBeUndefined();
});

test.each([
  ['another drone', { drone: droneView('bellows') }],
  ['an unknown drone', { drone: undefined }],
  [
    'an attempt that was reclaimed',
    {
      attempt: { id: 7, state: 'reclaimed' as const, droneId: 'anvil', hasVerifiedPackage: true },
      queued: { ...QUEUED, state: 'needed' as const, attempt: null },
    },
  ],
  ['an attempt that another has followed', { queued: { ...QUEUED, attempt: 8 } }],
])("a ghost's report changes nothing but the count of such reports: %s", (_, over) => {
  const decision = decideCompletion(view(over), success, POLICY, NOW);

  expect(decision).toMatchObject({ accepted: false, isStale: true });
  expect(decision.changes.filter((change) => change.kind !== 'event')).toEqual([
    { kind: 'count-stale-report', at: NOW },
  ]);
});

test('a report that is sent again because its answer was lost is answered the same', () => {
  const after = view({
    attempt: { id: 7, state: 'received', droneId: 'anvil', hasVerifiedPackage: true },
    queued: { ...QUEUED, state: 'received', attempt: null },
  });

  expect(decideCompletion(after, success, POLICY, NOW)).toMatchObject({ accepted: true, isStale: false, changes: [] });
});

test('the first failure sends a package to another drone, the second different drone blocks it', () => {
  const first = decideCompletion(view(), report(), POLICY, NOW);
  const second = decideCompletion(
    view({ failedBy: ['bellows'], queued: { ...QUEUED, failures: 1 } }),
    report(),
    POLICY,
    NOW,
  );

  expect(moves(first)).toMatchObject([{ to: 'needed', update: { failures: 1, failureClass: 'compile' } }]);
  expect(moves(second)).toMatchObject([{ to: 'blocked', update: { failures: 2, failureClass: 'compile' } }]);
});

test('with one drone in the fleet, the second failure blocks it', () => {
  const alone = { others: [], failedBy: ['anvil'], queued: { ...QUEUED, failures: 1 } };

  expect(moves(decideCompletion(view(alone), report(), POLICY, NOW))).toMatchObject([{ to: 'blocked' }]);
});

test('what Portage refuses is blocked at once', () => {
  const masked = report({ failureClass: 'masked' });

  expect(moves(decideCompletion(view(), masked, POLICY, NOW))).toMatchObject([{ to: 'blocked' }]);
});

test.each(['machine', 'disk_full', 'upload', 'corrupt', 'dependency', 'killed'] as const)(
  'a failure of the infrastructure (%s) never counts against the package',
  (failureClass) => {
    const [move] = moves(decideCompletion(view(), report({ failureClass }), POLICY, NOW));

    expect(move).toMatchObject({ to: 'needed', update: { infrastructureFailures: 1 } });
    expect(move?.update.failures).toBeUndefined();
  },
);

test('failures of the infrastructure without end block the package all the same', () => {
  const often = { queued: { ...QUEUED, infrastructureFailures: POLICY.infrastructureFailuresToBlock - 1 } };

  expect(moves(decideCompletion(view(often), report({ failureClass: 'killed' }), POLICY, NOW))).toMatchObject([
    { to: 'blocked' },
  ]);
});

test('a package that is handed back waits, each time longer', () => {
  const returned = report({ status: 'returned' });

  const pauses = [0, 1, 2].map((returns) => {
    const [move] = moves(decideCompletion(view({ returns }), returned, POLICY, NOW));
    return Number(move?.update.notBefore) - NOW;
  });

  expect(pauses).toEqual([1, 2, 4].map((times) => times * POLICY.retryBackoffMs));
});

test('a sweeper that fails what others blocked ends the matter', () => {
  const swept = view({ drone: droneView('anvil', { isSweeper: true }), failedBy: ['a', 'b'] });

  expect(moves(decideCompletion(swept, report(), POLICY, NOW))).toMatchObject([{ to: 'failed' }]);
  expect(messages(decideCompletion(swept, report(), POLICY, NOW))).toContainEqual(
    expect.stringMatching(/ given up \(a sweeper failed it too: /),
  );
});

test('where a drone says nothing of a failure, the queue shows the rule that blocked the package', () => {
  const blocked = decideCompletion(view({ failedBy: ['a'] }), report({ error: '' }), POLICY, NOW);

  expect(moves(blocked)).toMatchObject([
    { to: 'blocked', update: { error: expect.stringMatching(/^failed on 2 drones: /) as string } },
  ]);
  expect(messages(blocked)).toContainEqual(expect.stringMatching(/ blocked \(failed on 2 drones: /));
});

test('agents of the previous generation may end virtual packages without a file, planned ones may not', () => {
  const bare = { id: 7, state: 'running' as const, droneId: 'anvil', hasVerifiedPackage: false };
  const queued = { ...QUEUED, package: '=virtual/jdk-17', isPlanned: false };

  expect(decideCompletion(view({ attempt: bare, queued }), success, POLICY, NOW).accepted).toBe(true);
  expect(
    decideCompletion(view({ attempt: bare, queued: { ...queued, isPlanned: true } }), success, POLICY, NOW).accepted,
  ).toBe(false);
});

test('pauses double up to their cap', () => {
  const pauses = [1, 2, 3, 30].map((failures) =>
    backoffMs(failures, { ...POLICY, retryBackoffMs: 10, retryBackoffCapMs: 1000 }),
  );

  expect(pauses).toEqual([10, 20, 40, 1000]);
});
