import type { PackageUpdate } from './change.ts';
import type { CompletionReport } from './completion.ts';
import { blameOf, type FailureClass } from './failure-class.ts';
import { couldTry } from './grant.ts';
import { afterOutOfMemory, type NextTry } from './oom.ts';
import type { Policy } from './policy.ts';
import { pauseAfter } from './retry-pause.ts';
import type { CompletionView, DroneView, QueuedPackage } from './view.ts';

/** What becomes of a package that failed. */
export type Verdict = {
  readonly to: 'needed' | 'blocked' | 'failed';
  readonly reason: string;
  readonly distinctDrones: number;
  readonly update: PackageUpdate;
  /** A sweeper could not really try: what blocked the package before still does. */
  readonly isBlockedAsBefore?: boolean;
};

/** A failure of the current attempt with what it is judged by. */
export type Failure = {
  readonly view: CompletionView;
  readonly drone: DroneView;
  readonly queued: QueuedPackage;
  readonly report: CompletionReport;
  readonly policy: Policy;
  readonly now: number;
};

/** Who is to blame decides which counter moves, and the counters decide whether it is tried again. */
export function judge(failure: Failure, failureClass: FailureClass): Verdict {
  const { view, drone } = failure;
  const failedBy = new Set([...view.failedBy, drone.id]);
  const distinctDrones = failedBy.size;
  const blame = blameOf(failureClass);
  if (blame === 'infrastructure' && drone.isSweeper) {
    const reason = `${failureClass}; blocked as before`;
    return { to: 'blocked', reason, distinctDrones, update: {}, isBlockedAsBefore: true };
  }
  if (failureClass === 'oom') return { ...outOfMemory(failure), distinctDrones };
  if (blame === 'infrastructure') return { ...ofInfrastructure(failure, failureClass), distinctDrones };
  return { ...ofPackage(failure, { failureClass, blame, failedBy: [...failedBy] }), distinctDrones };
}

type Outcome = Omit<Verdict, 'distinctDrones'>;

/**
 * The next try is another one, so it need not wait. Halving the jobs ends by itself; more memory is demanded only
 * as often as any other fault of the infrastructure is borne, for drones may not say what they have.
 */
function outOfMemory({ view, drone, queued, report, policy }: Failure): Outcome {
  const next = afterOutOfMemory(
    {
      jobs: queued.maxJobs ?? drone.cores,
      memoryMb: drone.memoryMb,
      peakMb: report.facts?.peakMemoryMb ?? null,
      neighbours: view.neighbours,
      neededMb: queued.needsMemoryMb,
    },
    view.fleetMemoryMb,
    policy.memory,
  );
  if (next.kind === 'hopeless') return { to: 'blocked', reason: next.reason, update: {} };
  const failures = queued.infrastructureFailures + (next.kind === 'smaller' ? 0 : 1);
  return failures >= policy.infrastructureFailuresToBlock ? spent(next, failures) : triedOtherwise(next, failures);
}

function spent({ reason }: NextTry, infrastructureFailures: number): Outcome {
  return {
    to: 'blocked',
    reason: `${infrastructureFailures} times oom; ${reason}`,
    update: { infrastructureFailures },
  };
}

function triedOtherwise(next: Exclude<NextTry, { kind: 'hopeless' }>, infrastructureFailures: number): Outcome {
  const { maxJobs, needsMemoryMb, reason } = next;
  const update = { infrastructureFailures, maxJobs, needsMemoryMb, notBefore: null };
  return { to: 'needed', reason: `oom: ${reason}`, update };
}

function ofInfrastructure({ queued, policy, now }: Failure, failureClass: FailureClass): Outcome {
  const infrastructureFailures = queued.infrastructureFailures + 1;
  const notBefore = now + pauseAfter(failureClass, infrastructureFailures, policy);
  const isBlocked = infrastructureFailures >= policy.infrastructureFailuresToBlock;
  const reason = isBlocked ? `${infrastructureFailures} times ${failureClass}` : `${failureClass}; tried again`;
  return { to: isBlocked ? 'blocked' : 'needed', reason, update: { infrastructureFailures, notBefore } };
}

type OfPackage = {
  readonly failureClass: FailureClass;
  readonly blame: 'package' | 'resolver';
  readonly failedBy: readonly string[];
};

function ofPackage({ queued, view, drone, policy, now }: Failure, what: OfPackage): Outcome {
  const { failureClass, blame, failedBy } = what;
  const failures = queued.failures + 1;
  if (drone.isSweeper) {
    return { to: 'failed', reason: `a sweeper failed it too: ${failureClass}`, update: { failures } };
  }
  const canOthersTry = view.others.some((other) => couldTry(other, failedBy));
  const reason = reasonToBlock({ blame, failures, distinctDrones: failedBy.length, canOthersTry }, policy);
  if (reason !== undefined) return { to: 'blocked', reason: `${reason}: ${failureClass}`, update: { failures } };
  const notBefore = now + pauseAfter(failureClass, failures, policy);
  return { to: 'needed', reason: `${failureClass}; tried on another drone`, update: { failures, notBefore } };
}

function reasonToBlock(
  facts: { blame: 'package' | 'resolver'; failures: number; distinctDrones: number; canOthersTry: boolean },
  policy: Policy,
): string | undefined {
  if (facts.blame === 'resolver') return 'Portage refuses it';
  if (facts.distinctDrones >= policy.distinctDronesToBlock) return `failed on ${facts.distinctDrones} drones`;
  if (facts.failures >= policy.failuresToBlock) return `failed ${facts.failures} times`;
  if (!facts.canOthersTry && facts.failures >= policy.failuresToBlockAlone)
    return `failed ${facts.failures} times and no other drone can try`;
  return undefined;
}
