import type { Plan } from '../../core/plan.ts';
import { parseCpv } from '../../portage/cpv.ts';
import type { Installation } from './client-install.ts';
import type { Expectations } from './expectations.ts';
import { culprits, isAbout, isExpectedFailure, isExpectedWait, isStuck } from './expected.ts';
import type { Death } from './fleet.ts';
import { plainName, type QueueRow } from './snapshot.ts';

/** A build that ended, as the history has it. */
export type PastBuild = { readonly package: string; readonly status: string; readonly failure_class: string | null };

/** How the demo ended. */
export type Outcome = {
  readonly plan: Plan;
  readonly rows: readonly QueueRow[];
  readonly history: readonly PastBuild[];
  readonly expectations: Expectations;
  readonly installation: Installation;
  readonly deaths: readonly Death[];
};

export type Verdict = {
  /** A sentence for each thing that was not as it should be. */
  readonly problems: readonly string[];
  readonly built: number;
  readonly reused: number;
  /** Builds that ended, whatever way; handed back ones do not count. */
  readonly runs: number;
  /** Builds of what had been built already. */
  readonly redundant: number;
  readonly failures: readonly { readonly package: string; readonly class: string; readonly isExpected: boolean }[];
  readonly waits: readonly { readonly package: string; readonly waitsFor: string; readonly isExpected: boolean }[];
  /** Failed builds of packages that were built in the end. */
  readonly retried: readonly { readonly package: string; readonly class: string }[];
};

/** Compares how the demo ended with how it had to end. */
export function judge(outcome: Outcome): Verdict {
  const { rows, history, expectations, deaths } = outcome;
  const received = rows.filter(({ status }) => status === 'received').map((row) => row.package);
  const successes = history.filter(({ status }) => status === 'success').map((build) => build.package);
  const built = new Set(successes);
  const redundant = successes.length - built.size;
  return {
    problems: [
      ...unfinishedGood(outcome),
      ...wrongFailures(rows, expectations),
      ...wrongWaits(rows, expectations),
      ...(redundant > 0 ? [`${redundant} of ${successes.length} builds repeated one that had succeeded`] : []),
      ...wrongInstallation(outcome),
      ...deaths.map(({ message }) => message),
    ],
    built: received.filter((name) => built.has(name)).length,
    reused: received.filter((name) => !built.has(name)).length,
    runs: history.filter(({ status }) => status !== 'returned').length,
    redundant,
    failures: rows.filter(isGivenUp).map((row) => ({
      package: plainName(row.package),
      class: row.failure_class ?? 'unknown',
      isExpected: isExpectedFailure(row, expectations),
    })),
    waits: rows.filter(isStuck).map((row) => ({
      package: plainName(row.package),
      waitsFor: culprits(row).join(', '),
      isExpected: isExpectedWait(row, expectations),
    })),
    retried: history
      .filter(({ status, package: name }) => !['success', 'returned'].includes(status) && received.includes(name))
      .map((build) => ({ package: plainName(build.package), class: build.failure_class ?? build.status })),
  };
}

function isGivenUp({ status }: QueueRow): boolean {
  return status === 'blocked' || status === 'failed';
}

/** Every package of the plan that was not meant to fail has to be in the binhost. */
function unfinishedGood({ plan, rows, expectations }: Outcome): string[] {
  const { deliberate_failures: failures, deliberate_waits: waits } = expectations;
  const bad = new Set([...failures, ...waits].map(({ target }) => target));
  const good = plan.nodes.filter(({ cpv, operation }) => operation === 'merge' && !bad.has(parseCpv(cpv)?.cp ?? ''));
  const states = new Map(rows.map((row) => [plainName(row.package), row]));
  return good.flatMap(({ cpv }) => {
    const row = states.get(cpv);
    if (row?.status === 'received') return [];
    return [row === undefined ? `${cpv} was planned and never queued` : `${cpv} was not built: ${describe(row)}`];
  });
}

function wrongFailures(rows: readonly QueueRow[], { deliberate_failures: failures }: Expectations): string[] {
  return failures.flatMap(({ target, class: wanted }) => {
    const row = rows.find((each) => isAbout(each, target));
    if (row === undefined) return [`${target} should have failed (${wanted}) and was never queued`];
    if (isGivenUp(row) && row.failure_class === wanted) return [];
    return [`${target} should have failed (${wanted}) and did not: ${describe(row)}`];
  });
}

function wrongWaits(rows: readonly QueueRow[], expectations: Expectations): string[] {
  return expectations.deliberate_waits.flatMap(({ target, waits_for: waitsFor }) => {
    const row = rows.find((each) => isAbout(each, target));
    if (row === undefined) return [`${target} should wait for ${waitsFor} and was never queued`];
    if (isStuck(row) && isExpectedWait(row, expectations)) return [];
    return [`${target} should wait for ${waitsFor} and does not: ${describe(row)}`];
  });
}

function describe(row: QueueRow): string {
  const { status, reason } = row;
  if (isStuck(row)) return `it waits for ${culprits(row).join(', ')}`;
  return reason === null ? `it is ${status}` : `it is ${status}, ${reason}`;
}

function wrongInstallation({ installation, expectations }: Outcome): string[] {
  const { exitCode, total, completed, compiled, installed, proof, lastLines } = installation;
  const names = new Set(installed.map((cpv) => parseCpv(cpv)?.cp));
  const absent = expectations.world.filter((atom) => !names.has(atom));
  const { program, prints } = expectations.proof;
  return [
    ...(exitCode === 0 ? [] : [`the client's emerge ended with status ${exitCode}:\n${lastLines.join('\n')}`]),
    ...(total > 0 && completed === total ? [] : [`the client installed ${completed} of ${total} packages`]),
    ...(compiled.length === 0 ? [] : [`the client compiled ${compiled.join(', ')}`]),
    ...absent.map((atom) => `${atom} is not installed in the client`),
    ...(proof === prints ? [] : [`${program} printed ${JSON.stringify(proof)}, not ${JSON.stringify(prints)}`]),
  ];
}
