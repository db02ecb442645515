import type { FailureClass } from './failure-class.ts';
import type { Policy } from './policy.ts';

/** What time heals and another drone may not: servers that are away, mirrors that are behind, disks that are full. */
const HEALED_BY_TIME: ReadonlySet<FailureClass> = new Set(['network', 'fetch', 'disk_full']);

type Pauses = Pick<Policy, 'retryBackoffMs' | 'retryBackoffCapMs' | 'outsideBackoffMs'>;

/** Exponential pause before try number `failures + 1`, in milliseconds. */
export function backoffMs(failures: number, policy: Omit<Pauses, 'outsideBackoffMs'>): number {
  return Math.min(policy.retryBackoffCapMs, policy.retryBackoffMs * 2 ** Math.max(0, failures - 1));
}

/** The same, by the class of the failure: what time heals is given more of it. */
export function pauseAfter(failureClass: FailureClass, failures: number, policy: Pauses): number {
  if (!HEALED_BY_TIME.has(failureClass)) return backoffMs(failures, policy);
  const { outsideBackoffMs, retryBackoffMs, retryBackoffCapMs } = policy;
  const firstMs = Math.max(outsideBackoffMs, retryBackoffMs);
  return backoffMs(failures, { retryBackoffMs: firstMs, retryBackoffCapMs: Math.max(retryBackoffCapMs, firstMs) });
}
