import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readyPackage } from '../../testing/scheduling.ts';
import { isMoreUrgent } from './ready-package.ts';
import { type ReadyQueue, readyQueue } from './ready-queue.ts';

const idsOf = (queue: ReadyQueue, now = 0) =>
  Array.from(
    queue.walk(now, () => false),
    (ready) => ready.queueId,
  );

test('the longest chain comes first, then how many wait for it, then age', () => {
  const queue = readyQueue(1);
  queue.put(readyPackage(1, { rankS: 10 }));
  queue.put(readyPackage(2, { rankS: 20, dependents: 1, queuedAt: 5 }));
  queue.put(readyPackage(3, { rankS: 20, dependents: 1, queuedAt: 4 }));
  queue.put(readyPackage(4, { rankS: 20, dependents: 7 }));

  expect(idsOf(queue)).toEqual([4, 3, 2, 1]);
});

test('packages that differ in what they need stand in one order', () => {
  const arbitrary = fc.record({
    rankS: fc.nat(9),
    memoryMb: fc.option(fc.nat(9_000)),
    group: fc.constantFrom(null, 'giants'),
  });
  fc.assert(
    fc.property(fc.array(arbitrary, { maxLength: 60 }), fc.array(fc.nat(59)), (drawn, removed) => {
      const packages = drawn.map((over, id) => readyPackage(id, over));
      const queue = readyQueue(1);
      for (const ready of packages) queue.put(ready);
      for (const id of removed) queue.remove(id);

      const left = packages.filter((ready) => !removed.includes(ready.queueId));
      expect(idsOf(queue)).toEqual(
        left.toSorted((a, b) => (isMoreUrgent(a, b) ? -1 : 1)).map((ready) => ready.queueId),
      );
      expect(queue.size()).toBe(left.length);
      expect(queue.backlog('s-1').workS).toBeCloseTo(100 * left.length);
    }),
  );
});

test('what is put again takes its new place', () => {
  const queue = readyQueue(1);
  queue.put(readyPackage(1, { rankS: 10 }));
  queue.put(readyPackage(2, { rankS: 20 }));

  queue.put(readyPackage(1, { rankS: 30 }));

  expect(idsOf(queue)).toEqual([1, 2]);
});

test('a class that is refused is asked about once', () => {
  const queue = readyQueue(1);
  for (let id = 0; id < 1_000; id += 1) queue.put(readyPackage(id, { arch: id % 2 === 0 ? 'amd64' : 'arm64' }));
  const asked = new Map<string | null, number>();

  const walk = queue.walk(0, (kind, _, count) => {
    asked.set(kind.arch, (asked.get(kind.arch) ?? 0) + count);
    return kind.arch === 'amd64';
  });

  expect(Array.from(walk, (ready) => ready.arch)).toEqual(Array.from({ length: 500 }, () => 'arm64'));
  expect(Object.fromEntries(asked)).toEqual({ amd64: 500, arm64: 500 });
});

test('what must wait before it is tried again is left out until then', () => {
  const queue = readyQueue(1);
  queue.put(readyPackage(1, { notBefore: 5_000 }));

  expect([idsOf(queue, 4_999), idsOf(queue, 5_000)]).toEqual([[], [1]]);
});

test('a package that was bumped by hand goes before every session', () => {
  const queue = readyQueue(1);
  queue.put(readyPackage(1, { sessionId: 's-1', rankS: 900 }));
  queue.put(readyPackage(2, { sessionId: 's-2', rankS: 1, bump: 1 }));

  expect(idsOf(queue)).toEqual([2, 1]);
});

test('a session that was bumped by hand goes before the others', () => {
  const queue = readyQueue(1);
  queue.put(readyPackage(1, { sessionId: 's-1', rankS: 900 }));
  queue.put(readyPackage(2, { sessionId: 's-2', rankS: 1 }));

  queue.setSession({ id: 's-2', bump: 1 });

  expect(idsOf(queue)).toEqual([2, 1]);
});

test('blocked packages are for those who ask for blocked ones', () => {
  const queue = readyQueue(1);
  queue.put(readyPackage(1, { isBlocked: true }));

  expect(idsOf(queue)).toEqual([]);
  expect(
    Array.from(
      queue.walkBlocked(0, () => false),
      (ready) => ready.queueId,
    ),
  ).toEqual([1]);
});

/** Serves whatever comes first, again and again, and tells how many reference seconds each session got. */
function serveAll(queue: ReadyQueue, times: number): Map<string, number> {
  const seconds = new Map<string, number>();
  for (let at = 0; at < times; at += 1) {
    const [id] = idsOf(queue, at * 1_000) as [number];
    const ready = queue.get(id);
    if (ready === undefined) break;
    queue.remove(id);
    queue.serve(ready, at * 1_000);
    const session = ready.sessionId ?? '';
    seconds.set(session, (seconds.get(session) ?? 0) + ready.estimate.p50S);
  }
  return seconds;
}

test('sessions get shares by their weights, whatever the size of their packages', () => {
  const queue = readyQueue(0);
  for (let id = 0; id < 600; id += 1) {
    const isSmall = id % 2 === 0;
    queue.put(
      readyPackage(id, {
        sessionId: isSmall ? 'small' : 'big',
        rankS: 1,
        estimate: { p50S: isSmall ? 10 : 50, logSigma: 0 },
      }),
    );
  }
  queue.setSession({ id: 'big', weight: 2 });

  const seconds = serveAll(queue, 200);

  expect((seconds.get('big') ?? 0) / (seconds.get('small') ?? 1)).toBeCloseTo(2, 0);
});

test('a session that comes later neither waits for what the first was given nor pays for it', () => {
  const queue = readyQueue(0);
  for (let id = 0; id < 400; id += 1) queue.put(readyPackage(id, { sessionId: 'first' }));
  serveAll(queue, 100);
  for (let id = 400; id < 800; id += 1) queue.put(readyPackage(id, { sessionId: 'later' }));

  const seconds = serveAll(queue, 100);

  expect((seconds.get('later') ?? 0) / (seconds.get('first') ?? 1)).toBeCloseTo(1, 1);
});

test('a session of little weight is served sooner the longer it was not served', () => {
  const waits = [0, 10].map((ageingPerS) => {
    const queue = readyQueue(ageingPerS);
    for (let id = 0; id < 1_000; id += 1) queue.put(readyPackage(id, { sessionId: id < 500 ? 'heavy' : 'light' }));
    queue.setSession({ id: 'heavy', weight: 100 });
    return serveAll(queue, 400).get('light') ?? 0;
  });

  expect(waits[1]).toBeGreaterThan(2 * (waits[0] ?? 0));
});
