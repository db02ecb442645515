import type { Plan } from '../../core/plan.ts';
import { upwardRanks } from '../../core/rank.ts';
import { planGraph } from '../../core/readiness.ts';
import { duration } from '../output/text.ts';

/** What the time that is left is guessed from. */
export type EtaFacts = {
  /** How long each finished build took, from being handed out to being received, in ms. */
  readonly finishedMs: readonly number[];
  /** How long the builds under way have been at it, in ms. */
  readonly underWayMs: readonly number[];
  /** Packages still to be built, those under way among them. */
  readonly remaining: number;
  /** Of these, the longest chain in which each needs the one before. */
  readonly chain: number;
  /** Packages that can be built at the same time. */
  readonly slots: number;
};

export type Eta =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'done' }
  | { readonly kind: 'range'; readonly fromMs: number; readonly toMs: number };

/** Fewer say nothing about the others. */
const ENOUGH_BUILDS = 3;

/**
 * Between the two bounds of any schedule that never idles without need (Graham, 1966): no less than the
 * work shared by all drones and no less than the longest chain, no more than the two together. The
 * upper bound is widened by how little is known about the mean.
 */
export function estimate({ finishedMs, underWayMs, remaining, chain, slots }: EtaFacts): Eta {
  if (remaining === 0) return { kind: 'done' };
  if (finishedMs.length < ENOUGH_BUILDS || slots === 0) return { kind: 'unknown' };
  const mean = finishedMs.reduce((sum, ms) => sum + ms, 0) / finishedMs.length;
  const doneMs = underWayMs.reduce((sum, ms) => sum + Math.min(ms, mean), 0);
  const workMs = Math.max(0, remaining * mean - doneMs) / slots;
  const chainMs = Math.max(0, chain * mean - Math.min(mean, Math.max(0, ...underWayMs)));
  const fromMs = Math.max(workMs, chainMs);
  const toMs = (workMs + chainMs * (1 - 1 / slots)) * (1 + 1 / Math.sqrt(finishedMs.length));
  return { kind: 'range', fromMs, toMs: Math.max(fromMs, toMs) };
}

/** The longest chain among the `remaining` packages of a plan, in packages. */
export function longestChain(plan: Plan, remaining: ReadonlySet<string>): number {
  const nodes = plan.nodes.filter(({ cpv }) => remaining.has(cpv));
  return Math.max(0, ...upwardRanks(planGraph({ ...plan, nodes })).values());
}

/** The estimate in words that do not promise more than is known. */
export function etaText(eta: Eta): string {
  switch (eta.kind) {
    case 'unknown':
      return 'time left: not known yet';
    case 'done':
      return 'finishing';
    case 'range': {
      const [from, to] = [rounded(eta.fromMs), rounded(eta.toMs)];
      return from === to || eta.toMs < eta.fromMs * 1.25
        ? `~${duration(to)} left`
        : `~${duration(from)} to ${duration(to)} left`;
    }
  }
}

const STEP_MS = 5_000;

function rounded(ms: number): number {
  const step = ms < 120_000 ? STEP_MS : STEP_MS * 6;
  return Math.max(STEP_MS, Math.round(ms / step) * step);
}
