import type { Deps } from './deps.ts';
import type { PastStates } from './past-states.ts';
import type { SwarmReports } from './report-ports.ts';

type Needs = Pick<Deps, 'store' | 'clock'>;

/**
 * Totals of builds are counted from time to time and not with each build; who asks for them sees all of them.
 * When they cannot be counted (the disk is full), what was counted last is shown.
 */
export function countedReports(deps: Needs, reports: SwarmReports): SwarmReports {
  const count = counting(deps);
  return {
    ...reports,
    status: async (now) => {
      await count();
      return reports.status(now);
    },
    nodes: async (wish) => {
      await count();
      return reports.nodes(wish);
    },
    history: async (filter) => {
      await count();
      return reports.history(filter);
    },
    buildsByPackage: async (page) => {
      await count();
      return reports.buildsByPackage(page);
    },
  };
}

/** The past is the present with what happened since undone; for that the present must be counted. */
export function countedPast(deps: Needs, pastStates: PastStates): PastStates {
  const count = counting(deps);
  return {
    ...pastStates,
    at: async (wish, signal) => {
      await count();
      return pastStates.at(wish, signal);
    },
  };
}

function counting({ store, clock }: Needs): () => Promise<void> {
  return () => store.settle(clock.now()).catch(() => undefined);
}
