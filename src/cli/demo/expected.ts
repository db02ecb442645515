import { parseCpv } from '../../portage/cpv.ts';
import type { Expectations } from './expectations.ts';
import type { QueueRow } from './snapshot.ts';

/** Whether a row of the queue is about this target: `cat/name` itself, or a version of it. */
export function isAbout(row: QueueRow, target: string): boolean {
  return row.package === target || parseCpv(row.package.replace(/^=/, ''))?.cp === target;
}

/** What of the things it waits for will not come by itself: `cat/name-1 (blocked: compile)`. */
export function culprits({ waiting_on: waitingOn }: QueueRow): string[] {
  return waitingOn.filter((name) => /\((blocked|failed): /.test(name));
}

/** Whether a package waits for one that was given up, and so for ever. */
export function isStuck(row: QueueRow): boolean {
  return row.status === 'needed' && !row.ready && culprits(row).length > 0;
}

/** Whether a failure is one that was meant to be, of this class. */
export function isExpectedFailure(row: QueueRow, { deliberate_failures: failures }: Expectations): boolean {
  return failures.some((failure) => isAbout(row, failure.target) && row.failure_class === failure.class);
}

/** Whether it was meant to wait, and for this. */
export function isExpectedWait(row: QueueRow, { deliberate_waits: waits }: Expectations): boolean {
  return waits.some(
    (wait) =>
      isAbout(row, wait.target) &&
      row.waiting_on.some((name) => parseCpv(name.split(' ')[0] ?? '')?.cp === wait.waits_for),
  );
}
