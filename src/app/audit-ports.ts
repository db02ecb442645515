import type { AuditCheck, AuditVerdict, Drift } from '../core/audit.ts';
import type { SwarmEvent } from '../core/events.ts';
import type { StoredEvent } from './ports.ts';

/** What somebody found who looked at a drone. Durations are seconds. */
export type AuditFinding = {
  /** The drone's name. */
  readonly drone: string;
  /** Null for a host that is no drone (yet). */
  readonly droneId: string | null;
  readonly address: string;
  readonly verdict: AuditVerdict;
  /** Null where nobody could look. */
  readonly spec: { readonly version: number; readonly updated: string | null } | null;
  readonly durationS: number;
  /** Why nobody could look; null where one could. */
  readonly error: string | null;
  readonly checks: readonly AuditCheck[];
};

/** An audit that is kept. Times are Unix milliseconds. */
export type Audit = AuditFinding & {
  readonly id: number;
  readonly at: number;
  /** Who had it done. */
  readonly by: string;
  /** What is not as it was when somebody could look the last time; null where that was never before. */
  readonly drift: { readonly since: number; readonly changes: readonly Drift[] } | null;
};

export type AuditFilter = {
  /** Id or name; null for all. */
  readonly drone: string | null;
  /** Only the newest of each drone. */
  readonly isLatest: boolean;
  /** Only those with a smaller id; null for all. */
  readonly before: number | null;
  readonly limit: number;
};

export type AuditStore = {
  /** The newest audit of this drone, and the newest in which somebody could look. */
  last(finding: Pick<AuditFinding, 'drone' | 'droneId'>): Promise<{
    readonly any: Audit | undefined;
    readonly seen: Audit | undefined;
  }>;
  /** Keeps it and the event, and of that drone no more than `kept` audits. */
  add(
    audit: Omit<Audit, 'id'>,
    event: SwarmEvent | undefined,
    kept: number,
  ): Promise<{ readonly id: number; readonly events: readonly StoredEvent[] }>;
  /** Newest first. */
  list(filter: AuditFilter): Promise<readonly Audit[]>;
};
