import type { Actor } from '../core/actor.ts';
import { driftBetween } from '../core/audit.ts';
import { events } from '../core/events.ts';
import type { Audit, AuditFilter, AuditFinding, AuditStore } from './audit-ports.ts';
import type { Deps } from './deps.ts';

/** Audits of drones, and what became of them since the last time. */
export type Audits = {
  /** Keeps what somebody found; a verdict that is not the last one is an event. */
  record(finding: AuditFinding, by: Actor): Promise<Audit>;
  /** Newest first. */
  list(filter: AuditFilter): Promise<readonly Audit[]>;
};

/** Of each drone: an audit a day for more than half a year. */
const KEPT = 200;

export function createAudits({ audits, clock, hub }: Pick<Deps, 'clock' | 'hub'> & { audits: AuditStore }): Audits {
  return {
    record: async (finding, by) => {
      const at = clock.now();
      const { any, seen } = await audits.last(finding);
      const isSeen = finding.verdict !== 'unreachable';
      const drift =
        !isSeen || seen === undefined ? null : { since: seen.at, changes: driftBetween(seen.checks, finding.checks) };
      const audit = { ...finding, at, by: by.name, drift };
      const event = any?.verdict === finding.verdict ? undefined : eventOf(audit, any?.verdict, by);
      const added = await audits.add(audit, event, KEPT);
      hub.announce(added.events);
      return { ...audit, id: added.id };
    },
    list: (filter) => audits.list(filter),
  };
}

function eventOf({ drone, droneId, verdict, error, checks }: AuditFinding, before: string | undefined, by: Actor) {
  const failed = checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
  const why = error ?? failed.join(', ');
  const said = `Audit of ${drone}: ${verdict}${before === undefined ? '' : ` (was ${before})`}${why === '' ? '' : `: ${why}`}`;
  const details = { drone, verdict, was: before ?? null, failed };
  return { ...events.controlled('audit', said.slice(0, 300), details, by), droneId };
}
