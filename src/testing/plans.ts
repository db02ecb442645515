import type { Plan, PlanProblem } from '../contract/plan.ts';
import type { DependencyType } from '../core/plan.ts';

/** `['app-misc/a-1', 'build', 'app-misc/b-1']`: a needs b to be compiled. */
export type Need = readonly [from: string, type: DependencyType, to: string];

/** A plan of these packages and needs, in the given order; USE, slot and repository as forged packages have them. */
export function planOf(
  cpvs: readonly string[],
  needs: readonly Need[] = [],
  problems: readonly PlanProblem[] = [],
): Plan {
  return {
    format: 1,
    portage_version: '3.0.83',
    command: 'emerge --pretend @world',
    targets: ['@world'],
    success: problems.length === 0,
    nodes: cpvs.map((cpv) => ({
      cpv,
      slot: '0',
      subslot: '0',
      repo: 'swarmtest',
      type: 'ebuild',
      operation: 'merge',
      use: ['fast'],
      iuse: ['fast', 'small'],
    })),
    edges: needs.map(([from, type, to]) => ({ from, to, types: [type], priorities: [], atoms: [] })),
    merge_order: [...cpvs],
    circular: null,
    problems: [...problems],
  };
}
