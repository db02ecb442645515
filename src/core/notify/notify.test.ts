import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escalationEvents } from '../escalation/escalation-events.ts';
import { events } from '../events.ts';
import { type DeliveryPolicy, pauseBefore, toSend } from './delivery.ts';
import { findLowDisks } from './low-disks.ts';
import { messageOf, type Notification } from './message.ts';
import { NOTIFICATION_KINDS, tellableIn } from './notification.ts';
import { DEFAULT_TEMPLATES, unknownFacts, wordsFor } from './templates.ts';

const POLICY: DeliveryPolicy = { perHour: 5, tries: 4, backoffMs: 1_000, downAfterMs: 0 };
const DRONE = { id: 'd-1', name: 'anvil', address: '192.0.2.1' };

test('what happens is told in words that have all their facts', () => {
  const session = { id: 's-1', name: 'nightly <b>', received: 3, failed: 1, waiting: 2 };
  const why = { to: 'blocked', reason: 'failed on 2 drones', class: 'compile', distinctDrones: 2 } as const;
  const happened = [
    events.offline(DRONE, 61.2),
    events.online(DRONE, '192.0.2.1', 8),
    escalationEvents.asked(DRONE, 'its disk is 99 % full'),
    events.sessionCompleted(session),
    events.blocked('=app-misc/jq-1', why),
  ];

  const said = happened.map((event) => {
    const tellable = tellableIn(event);
    return tellable && wordsFor(tellable, DEFAULT_TEMPLATES);
  });

  expect(said).toEqual([
    { title: 'anvil is down', text: expect.stringMatching(/^Nothing was heard of anvil for 61 s/) as string },
    { title: 'anvil is back', text: 'anvil is heard of again.' },
    { title: 'anvil needs somebody', text: 'its disk is 99 % full' },
    { title: 'Session nightly <b> is done', text: '3 packages received, 1 blocked or failed, 2 waiting on those.' },
    {
      title: '=app-misc/jq-1 is blocked',
      text: '=app-misc/jq-1 blocked (failed on 2 drones). Why, and what would help: build-swarmv3 explain =app-misc/jq-1',
    },
  ]);
});

test('a single failure, a session that is active again, and a disk with room again are told to nobody', () => {
  const failure = { class: 'compile', status: 'failed', error: 'no' } as const;
  const { events: over } = findLowDisks(
    [{ key: 'binhost', name: 'binhost', drone: null, freeBytes: 9e9, totalBytes: 1e10 }],
    new Set(['binhost']),
    { lowShare: 0.05, lowBytes: 1e9 },
  );

  expect(over).toMatchObject([{ type: 'disk', details: { is_over: true } }]);
  expect(tellableIn(events.failed(DRONE, '=a/b-1', failure))).toBeUndefined();
  expect(tellableIn(events.sessionReopened({ id: 's-1', name: 'nightly' }))).toBeUndefined();
  expect(over.map(tellableIn)).toEqual([undefined]);
});

test('the usual words name only facts that there are, and a fact is never taken for another', () => {
  for (const kind of NOTIFICATION_KINDS) expect(unknownFacts(kind, DEFAULT_TEMPLATES[kind])).toEqual([]);
  const facts = { drone: '{reason}', reason: 'a\r\nBcc: everybody', message: '' };

  const { title, text } = wordsFor({ kind: 'drone_help', drone: null, facts }, DEFAULT_TEMPLATES);

  expect([title, text]).toEqual(['{reason} needs somebody', 'a\r\nBcc: everybody']);
});

test('no title ever has a line feed, and none is too long', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), (name) => {
      const { title } = wordsFor({ kind: 'drone_down', drone: name, facts: { drone: name } }, DEFAULT_TEMPLATES);
      return !/[\r\n\0]/.test(title) && title.length <= 200;
    }),
  );
});

test('several together are counted in the title, and many are not all written out', () => {
  const item = (id: number, kind: Notification['kind']): Notification => ({
    ...{ id, kind, title: `t${id}`, text: 'first\nsecond', at: 0, details: {} },
  });

  const message = messageOf([item(1, 'drone_down'), item(2, 'package_blocked'), item(3, 'package_blocked')]);
  const many = messageOf(Array.from({ length: 40 }, (_, index) => item(index, 'package_blocked')));

  expect(message).toMatchObject({ id: 'n-1-2-3', title: '1 drone down, 2 packages blocked', isUrgent: true });
  expect(message.text).toBe('t1: first\nt2: first\nt3: first');
  expect(many.text.split('\n').at(-1)).toBe('and 15 more');
  expect(many.isUrgent).toBe(false);
});

test('pauses grow, end after the last try, heed the server, and are never longer than an hour', () => {
  const pause = (tries: number, more = {}) => pauseBefore(tries, { isFinal: false, retryAfterMs: 0, ...more }, POLICY);

  expect([pause(1), pause(2), pause(3), pause(4)]).toEqual([1_000, 2_000, 4_000, null]);
  expect(pause(1, { isFinal: true })).toBeNull();
  expect(pause(1, { retryAfterMs: 30_000 })).toBe(30_000);
  expect(pause(1, { retryAfterMs: 9e9 })).toBe(3_600_000);
  expect(toSend([1, 2], 5, POLICY)).toEqual([]);
  expect(toSend([1, 2], 4, POLICY)).toEqual([1, 2]);
});

test('a disk is told when it becomes low, and not again while it stays about the limit', () => {
  const limits = { lowShare: 0.05, lowBytes: 1_000 };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 60 }), (history) => {
      let low: readonly string[] = [];
      let isTold = false;
      for (const freeBytes of history) {
        const disk = { key: 'd', name: 'd', drone: null, freeBytes, totalBytes: null };
        const found = findLowDisks([disk], new Set(low), limits);
        low = found.low;
        for (const { details } of found.events) {
          expect(details['is_over']).toBe(isTold);
          isTold = !isTold;
        }
        if (freeBytes < 1_000) expect(isTold).toBe(true);
        if (freeBytes >= 1_250) expect(isTold).toBe(false);
      }
    }),
  );
});
