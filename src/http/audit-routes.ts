import type { FastifyInstance } from 'fastify';
import type { Audit } from '../app/audit-ports.ts';
import type { Audits } from '../app/audits.ts';
import { type Api, api } from '../contract/api.ts';
import type { ReplyOf } from '../contract/endpoint.ts';
import type { CheckStatus } from '../core/audit.ts';
import { actorOf } from './actor.ts';
import { route } from './route.ts';

const DEFAULT_LIMIT = 100;

/** What was found when drones were looked at. */
export function registerAuditRoutes(app: FastifyInstance, audits: Audits): void {
  route(app, api.recordAudit, async ({ body }, { request }) => {
    const { drone, drone_id: droneId = null, address, verdict, duration_s: durationS, error = null, checks } = body;
    const { spec_version: version = null, spec_updated: updated = null } = body;
    const spec = version === null ? null : { version, updated };
    const finding = { drone, droneId, address, verdict, spec, durationS, error, checks };
    return present(await audits.record(finding, actorOf(request)));
  });

  route(app, api.audits, async ({ query }) => {
    const { drone = null, latest, before = null, limit = DEFAULT_LIMIT } = query;
    return { audits: (await audits.list({ drone, isLatest: latest, before, limit })).map(present) };
  });
}

function present(audit: Audit): ReplyOf<Api['recordAudit']> {
  const { checks, drift, spec } = audit;
  const counted = (status: CheckStatus) => checks.filter((check) => check.status === status).length;
  return {
    ...{ id: audit.id, drone: audit.drone, drone_id: audit.droneId, address: audit.address },
    ...{ at: audit.at / 1000, by: audit.by, verdict: audit.verdict, error: audit.error },
    ...{ spec_version: spec?.version ?? null, spec_updated: spec?.updated ?? null, duration_s: audit.durationS },
    ...{ pass: counted('pass'), warn: counted('warn'), fail: counted('fail') },
    checks: checks.map((check) => ({ ...check, details: [...check.details] })),
    drift: drift === null ? null : { since: drift.since / 1000, changes: drift.changes.map((each) => ({ ...each })) },
  };
}
