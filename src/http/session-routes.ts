import type { FastifyInstance } from 'fastify';
import type { SessionInsight } from '../app/session-insight.ts';
import type { Person } from '../app/session-ports.ts';
import { type Api, api } from '../contract/api.ts';
import type { ReplyOf } from '../contract/endpoint.ts';
import type { SessionDifferences } from '../core/session-differences.ts';
import type { SessionFigures } from '../core/session-figures.ts';
import { presentSession } from './present.ts';
import { route } from './route.ts';

type DetailReply = ReplyOf<Api['sessionDetail']>;

/** What people ask about one session, or two. */
export function registerSessionRoutes(app: FastifyInstance, insight: SessionInsight): void {
  route(app, api.sessionDetail, async ({ params }) => {
    const detail = await insight.detail(params.id);
    return {
      session: presentSession(detail.session),
      queued_by: person(detail.queuedBy),
      ended_by: person(detail.endedBy),
      counts: { ...detail.counts },
      figures: figures(detail.figures),
      slowest: detail.slowest.map(({ package: name, drone, durationS }) => ({
        ...{ package: name, drone, duration_s: durationS },
      })),
      failures: detail.stuck.map(({ package: name, state, failureClass, reason, failures }) => ({
        ...{ package: name, status: state, failure_class: failureClass, reason, failures },
      })),
    };
  });

  route(app, api.compareSessions, async ({ params }) => {
    const { a, b, inBoth, onlyA, onlyB, changed, differences } = await insight.compare(params.id, params.other);
    return {
      a: { session: presentSession(a.session), figures: figures(a.figures) },
      b: { session: presentSession(b.session), figures: figures(b.figures) },
      ...{ in_both: inBoth, only_a: onlyA, only_b: onlyB },
      changed: changed.map(({ package: name, aS, bS }) => ({ package: name, a_s: aS, b_s: bS })),
      ...presentDifferences(differences),
    };
  });
}

/** So many of a kind are told of. */
const TOLD = 200;

function presentDifferences({ gone, added, outcomes, upgraded }: SessionDifferences) {
  const only = (runs: SessionDifferences['gone']) =>
    runs.slice(0, TOLD).map(({ package: name, versions, outcome, builtS }) => ({
      ...{ package: name, versions: [...versions], outcome, build_s: tenths(builtS) },
    }));
  return {
    gone: only(gone),
    added: only(added),
    outcomes: outcomes.slice(0, TOLD).map(({ package: name, a, b }) => ({ package: name, a: a.outcome, b: b.outcome })),
    upgraded: upgraded
      .slice(0, TOLD)
      .map(({ package: name, a, b }) => ({ package: name, a: [...a.versions], b: [...b.versions] })),
    differences: {
      ...{ gone: gone.length, added: added.length, outcomes: outcomes.length, upgraded: upgraded.length },
    },
  };
}

function person(who: Person | null): DetailReply['queued_by'] {
  return who === null ? null : { ...who };
}

function figures({
  makespanS,
  builds,
  built,
  failed,
  buildS,
  success,
  drones,
}: SessionFigures): DetailReply['figures'] {
  return {
    ...{ makespan_s: tenths(makespanS), builds, built, failed, build_s: tenths(buildS) },
    success_rate: success === null ? null : tenths(100 * success),
    drones: drones.map((each) => ({
      ...{ name: each.drone, built: each.built, failed: each.failed },
      ...{ build_s: tenths(each.buildS), busy_s: tenths(each.busyS), utilisation: tenths(100 * each.utilisation) },
    })),
  };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
