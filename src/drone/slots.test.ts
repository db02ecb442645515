import { expect, test } from 'vitest';
import { createSlots, mayAsk } from './slots.ts';
import { createBell } from './waiting.ts';

const setup = () => createSlots(createBell(), () => 0);

test('a drone asks while it has a free slot and room for results', () => {
  const slots = setup();
  const limits = { slots: 1, spoolLimit: 2 };
  const answers = [mayAsk(slots.all(), limits)];

  slots.hold(1, '=a/b-1');
  answers.push(mayAsk(slots.all(), limits));
  slots.startDelivery(1);
  answers.push(mayAsk(slots.all(), limits));
  slots.hold(2, '=a/c-1', 'delivering');
  answers.push(mayAsk(slots.all(), limits));
  slots.release(1);
  answers.push(mayAsk(slots.all(), limits));

  expect(answers).toEqual([true, false, true, false, true]);
});

test('a stale attempt is ended altogether, the others and unknown ones are not touched', () => {
  const slots = setup();
  const [stale, other] = [slots.hold(1, '=a/b-1'), slots.hold(2, '=a/c-1')];

  slots.endStale([1, 99]);

  expect([stale.build.signal.reason, stale.delivery.signal.reason]).toEqual(['stale', 'stale']);
  expect([other.build.signal.aborted, other.delivery.signal.aborted]).toEqual([false, false]);
});

test('builds are ended before deliveries', () => {
  const slots = setup();
  const one = slots.hold(1, '=a/b-1');

  slots.endBuilds();
  const between = one.delivery.signal.aborted;
  slots.endDeliveries();

  expect(one.build.signal.reason).toBe('stopping');
  expect([between, one.delivery.signal.aborted]).toEqual([false, true]);
});
