import { SwarmError } from '../core/errors.ts';
import { decideGrant } from '../core/grant.ts';
import type { AttemptId, DroneId, SessionId } from '../core/ids.ts';
import type { Deps } from './deps.ts';
import type { Plans } from './plans.ts';

export type WorkRequest = {
  readonly droneId: DroneId;
  /** Attempts the drone knows it holds; undefined for agents that do not know attempts. */
  readonly holding: readonly AttemptId[] | undefined;
  readonly waitMs: number;
  readonly signal: AbortSignal;
};

export type WorkReply =
  | { readonly kind: 'sync-portage'; readonly expectedTimestamp: string }
  | { readonly kind: 'nothing'; readonly reason: string }
  | {
      readonly kind: 'build';
      readonly package: string;
      readonly attempt: AttemptId;
      readonly sessionId: SessionId | null;
      /** Exact packages to install first; null when there is no plan. */
      readonly dependencies: readonly string[] | null;
    };

/** How often a decision that was overtaken is made again before the drone is told to come back. */
const MAX_TRIES = 5;

type Needs = Pick<Deps, 'store' | 'hub' | 'clock' | 'policy'> & { readonly plans: Plans };

/** Hand out the most urgent ready package; with `waitMs` hold the answer back until there is one. */
export function requestWork(deps: Needs) {
  return async (request: WorkRequest): Promise<WorkReply> => {
    const { store, clock } = deps;
    const deadline = clock.elapsed() + request.waitMs;
    if (!(await store.touch(request.droneId, clock.now()))) {
      throw new SwarmError('UNKNOWN_DRONE', `id: no drone ${request.droneId} is registered`);
    }
    for (;;) {
      // Subscribed before asking: what happens in between must not be slept through.
      const bell = ringsOnEvent(deps, request.signal);
      try {
        const reply = await answerNow(deps, request);
        const remainingMs = deadline - clock.elapsed();
        if (reply.kind !== 'nothing' || remainingMs <= 0 || request.signal.aborted) return reply;
        await clock.sleep(remainingMs, bell.signal);
      } finally {
        bell.dispose();
      }
    }
  };
}

async function answerNow(deps: Needs, request: WorkRequest): Promise<WorkReply> {
  const { store, hub, clock, policy } = deps;
  const expected = await store.readExpectedPortageTimestamp();
  if (expected !== null) {
    const reported = await store.readDronePortageTimestamp(request.droneId);
    // A drone that does not report a timestamp cannot be compared, and is not stopped by one.
    if (reported !== null && reported !== expected) return { kind: 'sync-portage', expectedTimestamp: expected };
  }
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const now = clock.now();
    const view = await store.readGrantView(request.droneId, now);
    if (!view) throw new SwarmError('UNKNOWN_DRONE', `id: no drone ${request.droneId} is registered`);
    const decision = decideGrant(view, request.holding, policy, now);
    if (decision.kind === 'nothing') return decision;
    if (decision.kind === 'again') return order(deps, decision.attempt.id, decision.attempt.package);
    const applied = await store.apply(decision.changes);
    if (applied?.granted != null) {
      hub.announce(applied.events);
      return order(deps, applied.granted, decision.candidate.package);
    }
  }
  return { kind: 'nothing', reason: 'others were quicker, ask again' };
}

/** What the drone has to install first: the direct build-time dependencies that the plan builds too. */
async function order({ store, plans }: Needs, attempt: AttemptId, packageName: string): Promise<WorkReply> {
  const facts = await store.readAttempt(attempt);
  const sessionId = facts?.sessionId ?? null;
  const plan = sessionId === null ? undefined : await plans.get(sessionId);
  if (!plan || facts?.cpv == null)
    return { kind: 'build', package: packageName, attempt, sessionId, dependencies: null };
  const needs = plan.graph.buildNeeds.get(facts.cpv) ?? [];
  const built = needs.filter((cpv) => plan.nodes.get(cpv)?.operation === 'merge');
  return { kind: 'build', package: packageName, attempt, sessionId, dependencies: built.map((cpv) => `=${cpv}`) };
}

function ringsOnEvent({ hub }: Pick<Needs, 'hub'>, outer: AbortSignal): { signal: AbortSignal; dispose(): void } {
  const bell = new AbortController();
  const ring = () => bell.abort();
  const unsubscribe = hub.subscribe(ring);
  outer.addEventListener('abort', ring, { once: true });
  return {
    signal: bell.signal,
    dispose: () => {
      unsubscribe();
      outer.removeEventListener('abort', ring);
    },
  };
}
