/** How one check of a drone came out. */
export const CHECK_STATUSES = ['pass', 'warn', 'fail'] as const;
export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** What an audit of a drone says in a word; `unreachable`: nobody could look. */
export const AUDIT_VERDICTS = ['compliant', 'warnings', 'non-compliant', 'unreachable'] as const;
export type AuditVerdict = (typeof AUDIT_VERDICTS)[number];

/** One check of an audit. */
export type AuditCheck = {
  /** Stable name: `profile`. */
  readonly id: string;
  readonly title: string;
  readonly status: CheckStatus;
  readonly found: string;
  readonly expected: string;
  /** What would help; null where nothing is wrong. */
  readonly advice: string | null;
  readonly details: readonly string[];
};

/** A check that came out otherwise than the last time; null where it was not made. */
export type Drift = {
  readonly id: string;
  readonly title: string;
  readonly from: CheckStatus | null;
  readonly to: CheckStatus | null;
  /** What was found now; before, where it is not checked any more. */
  readonly found: string;
};

/** The word for what the checks say. */
export function verdictOf(checks: readonly AuditCheck[]): AuditVerdict {
  if (checks.some(({ status }) => status === 'fail')) return 'non-compliant';
  return checks.some(({ status }) => status === 'warn') ? 'warnings' : 'compliant';
}

/**
 * What is not as it was. A check that passes may find another number each time, and has not drifted for that; one that
 * does not pass has when it finds something else.
 */
export function driftBetween(before: readonly AuditCheck[], after: readonly AuditCheck[]): Drift[] {
  const earlier = new Map(before.map((check) => [check.id, check]));
  const gone = before.filter(({ id }) => !after.some((check) => check.id === id));
  return [
    ...after.flatMap((check): Drift[] => {
      const old = earlier.get(check.id);
      const { id, title, status, found } = check;
      const isSame = old?.status === status && (status === 'pass' || old.found === found);
      return isSame ? [] : [{ id, title, from: old?.status ?? null, to: status, found }];
    }),
    ...gone.map(({ id, title, status, found }): Drift => ({ id, title, from: status, to: null, found })),
  ];
}
