import type { Change } from '../core/change.ts';
import { SwarmError } from '../core/errors.ts';
import { decideGrant, type GrantDecision } from '../core/grant.ts';
import type { AttemptId, DroneId, SessionId } from '../core/ids.ts';
import type { GrantView } from '../core/view.ts';
import type { Deps } from './deps.ts';
import type { Plans } from './plans.ts';
import type { WorkBell } from './work-bell.ts';

export type WorkRequest = {
  readonly droneId: DroneId;
  /** Attempts the drone knows it holds; undefined for agents that do not know attempts. */
  readonly holding: readonly AttemptId[] | undefined;
  readonly waitMs: number;
  readonly signal: AbortSignal;
};

export type WorkReply = {
  /** Packages that were taken from the drone; for agents that do not know attempts. */
  readonly revoked: readonly string[];
} & (
  | { readonly kind: 'sync-portage'; readonly expectedTimestamp: string }
  | { readonly kind: 'nothing'; readonly reason: string }
  | {
      readonly kind: 'build';
      readonly package: string;
      readonly attempt: AttemptId;
      readonly sessionId: SessionId | null;
      /** Exact packages to install first; null when there is no plan. */
      readonly dependencies: readonly string[] | null;
    }
);

/** How often a decision that was overtaken is made again before the drone is told to come back. */
const MAX_TRIES = 5;

type Needs = Pick<Deps, 'store' | 'hub' | 'clock' | 'policy'> & { readonly plans: Plans; readonly bell: WorkBell };

/**
 * Hand out the most urgent ready package; with `waitMs` hold the answer back until there is one.
 * @throws SwarmError UNKNOWN_DRONE
 */
export function requestWork(deps: Needs) {
  return async (request: WorkRequest): Promise<WorkReply> =>
    request.waitMs > 0 ? answerWhenThereIsWork(deps, request) : (await answerNow(deps, request)).reply;
}

async function answerWhenThereIsWork(deps: Needs, request: WorkRequest): Promise<WorkReply> {
  const { clock, bell } = deps;
  const deadline = clock.elapsed() + request.waitMs;
  const waiter = bell.wait(request.signal);
  try {
    for (;;) {
      // Before asking: what happens in between must not be slept through.
      const rung = waiter.listen();
      const { reply, isNothingLeft } = await answerNow(deps, request);
      waiter.hasLooked(isNothingLeft);
      const remainingMs = deadline - clock.elapsed();
      if (reply.kind !== 'nothing' || remainingMs <= 0 || request.signal.aborted || bell.isClosed()) return reply;
      await clock.sleep(remainingMs, rung);
    }
  } finally {
    waiter.dispose();
  }
}

type Answer = { readonly reply: WorkReply; readonly isNothingLeft: boolean };

async function answerNow(deps: Needs, request: WorkRequest): Promise<Answer> {
  const { store, hub, clock } = deps;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const now = clock.now();
    const { view, decision } = await decide(deps, request, now);
    const changes = decision.kind === 'grant' ? decision.changes : [];
    // One transaction for the sign of life and for what follows from it.
    const applied = await store.apply([heard(view, now), ...changes]);
    if (!applied) continue;
    if (applied.events.length > 0) hub.announce(applied.events);
    const reply = await replyOf(deps, decision, applied.granted);
    return { reply: { ...reply, revoked: revokedFor(request, view, reply) }, isNothingLeft: isNothingLeft(view) };
  }
  return { reply: { kind: 'nothing', reason: 'others were quicker, ask again', revoked: [] }, isNothingLeft: false };
}

/** A few candidates are nearly always enough; when the drone may take none of them, more are looked at. */
async function decide({ store, policy }: Needs, { droneId, holding }: WorkRequest, now: number) {
  const readView = async (breadth: 'narrow' | 'wide') => {
    const view = await store.readGrantView(droneId, now, breadth);
    if (!view) throw new SwarmError('UNKNOWN_DRONE', `id: no drone ${droneId} is registered`);
    return { view, decision: decideGrant(view, holding, policy, now) };
  };
  const narrow = await readView('narrow');
  const isTooNarrow = narrow.decision.kind === 'nothing' && narrow.decision.looked && narrow.view.hasMore;
  return isTooNarrow ? readView('wide') : narrow;
}

function heard(view: GrantView, at: number): Change {
  return { kind: 'drone-heard', droneId: view.drone.id, at };
}

type Reply = WorkReply extends infer R ? (R extends unknown ? Omit<R, 'revoked'> : never) : never;

async function replyOf(deps: Needs, decision: GrantDecision, granted: AttemptId | null): Promise<Reply> {
  switch (decision.kind) {
    case 'nothing':
      return { kind: 'nothing', reason: decision.reason };
    case 'sync-portage':
      return decision;
    case 'again':
      return orderAgain(deps, decision.attempt.id, decision.attempt.package);
    case 'grant': {
      const { package: name, cpv, sessionId } = decision.candidate;
      // Applied, so it was granted.
      return order(deps, { package: name, cpv, sessionId, attempt: granted as AttemptId });
    }
  }
}

async function orderAgain(deps: Needs, attempt: AttemptId, packageName: string): Promise<Reply> {
  const facts = await deps.store.readAttempt(attempt);
  return order(deps, {
    package: packageName,
    cpv: facts?.cpv ?? null,
    sessionId: facts?.sessionId ?? null,
    attempt,
  });
}

type Ordered = { package: string; cpv: string | null; sessionId: SessionId | null; attempt: AttemptId };

/** What the drone has to install first: the direct build-time dependencies that the plan builds too. */
async function order({ plans }: Needs, { package: name, cpv, sessionId, attempt }: Ordered): Promise<Reply> {
  const base = { kind: 'build', package: name, attempt, sessionId } as const;
  const plan = sessionId === null || cpv === null ? undefined : await plans.get(sessionId);
  if (!plan || cpv === null) return { ...base, dependencies: null };
  const needs = plan.graph.buildNeeds.get(cpv) ?? [];
  const built = needs.filter((each) => plan.nodes.get(each)?.operation === 'merge');
  return { ...base, dependencies: built.map((each) => `=${each}`) };
}

/** An agent that knows attempts is told by its heartbeat; others must not drop what they were just given. */
function revokedFor(request: WorkRequest, view: GrantView, reply: Reply): string[] {
  if (request.holding !== undefined || view.revoked.length === 0) return [];
  const holds = new Set(view.held.map((attempt) => attempt.package));
  if (reply.kind === 'build') holds.add(reply.package);
  return view.revoked.filter((name) => !holds.has(name));
}

function isNothingLeft(view: GrantView): boolean {
  return !view.drone.isSweeper && view.candidates.length === 0;
}
