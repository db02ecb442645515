import { SwarmError } from '../../core/errors.ts';
import { decideGrant } from '../../core/grant.ts';
import type { SessionId } from '../../core/ids.ts';
import { type Choice, choose } from '../../core/schedule/choose.ts';
import type { PassedOver } from '../../core/schedule/passed-over.ts';
import type { GrantView } from '../../core/view.ts';
import type { LiveDrone } from '../dispatch/live-ports.ts';
import type { ExplainNeeds } from './explain-package.ts';
import type { DroneExplanation, DroneReason, Holder, QueueCounts } from './explanation.ts';
import { holdersIn } from './holders.ts';
import { type Scene, silentFor, takeScene } from './scene.ts';
import { counted, rejectionSentence, scoreSentence, span, whenDone } from './words.ts';

/**
 * Why a drone, by id or name, gets nothing, or what it gets next: the very decision that it would be answered by.
 * @throws SwarmError NOT_FOUND
 */
export function explainDrone(needs: ExplainNeeds) {
  return async (idOrName: string): Promise<DroneExplanation> => {
    const now = needs.clock.now();
    const scene = await takeScene(needs.dispatcher, now);
    const drone = scene.drones.get(idOrName) ?? [...scene.drones.values()].find(({ name }) => name === idOrName);
    const view = drone && (await needs.store.readGrantView(drone.id, now));
    if (drone === undefined || view === undefined)
      throw new SwarmError('NOT_FOUND', `drone: there is no drone ${idOrName}`);
    const { queue, sessions } = countQueue(needs, now);
    const verdict = verdictOn(needs, { drone, view, queue, scene });
    const isShort = verdict.reason !== 'next' && verdict.reason !== 'full';
    const holders = isShort && queue.waiting > 0 ? await holdersIn(needs, sessions, scene) : [];
    const berth = scene.swarm.fleet.berth(drone.id);
    return {
      ...{ id: drone.id, name: drone.name, at: now, groundedUntil: drone.groundedUntil },
      ...{ slots: berth?.drone.slots ?? null, coresLimit: drone.coresLimit, labels: drone.labels },
      lastAskedAt: berth?.lastAskedAt ?? null,
      running: (berth?.running ?? []).map(({ queueId, package: name, startedAt }) => ({
        ...{ package: name, since: startedAt, expectedAt: scene.buildOf(queueId)?.expectedAt ?? null },
      })),
      ...verdict,
      details: [...verdict.details, ...queueSentences(verdict.reason, queue, holders), ...buildSentences(drone, scene)],
      ...{ queue, holders },
    };
  };
}

type Counted = { readonly queue: QueueCounts; readonly sessions: ReadonlySet<SessionId> };

/** What there is to do, and the sessions in which something waits. */
function countQueue({ dispatcher }: ExplainNeeds, now: number): Counted {
  const queue = { ready: 0, delayed: 0, waiting: 0, delegated: 0, blocked: 0 };
  const sessions = new Set<SessionId>();
  for (const { live } of dispatcher.all()) {
    if (live.state === 'delegated' || live.state === 'blocked') queue[live.state] += 1;
    if (live.state !== 'needed') continue;
    if (!live.isReady) {
      queue.waiting += 1;
      if (live.sessionId !== null) sessions.add(live.sessionId);
    } else if (live.notBefore !== null && live.notBefore > now) queue.delayed += 1;
    else queue.ready += 1;
  }
  return { queue, sessions };
}

type Verdict = Pick<DroneExplanation, 'reason' | 'headline' | 'details' | 'next' | 'rejected'>;
type Case = {
  readonly drone: LiveDrone;
  readonly view: GrantView;
  readonly queue: QueueCounts;
  readonly scene: Scene;
};

function verdictOn({ policy }: ExplainNeeds, asked: Case): Verdict {
  const { drone, view, scene } = asked;
  const { now } = scene;
  let choice: Choice | undefined;
  const decision = decideGrant(
    view,
    view.held.map((attempt) => attempt.id),
    { policy, now, choose: () => (choice = choose(drone.id, scene.swarm, now)) },
  );
  if (!drone.isOnline)
    return nothing('offline', `${drone.name} is offline: last heard of ${span(now - view.drone.lastSeenAt)} ago.`);
  if (decision.kind === 'sync-portage')
    return nothing('sync-portage', `${drone.name} has to update its Portage tree first.`, [
      `It has ${view.portageTimestamp.reported ?? 'none'}, and ${decision.expectedTimestamp} is expected.`,
    ]);
  if (choice !== undefined) return verdictOf(choice, asked);
  const reason = decision.kind === 'nothing' ? decision.reason : 'it may not take anything';
  return nothing(closedReason(asked), `${drone.name} gets nothing: ${reason}.`, pauseAdvice(asked));
}

function closedReason({ drone, view }: Case): DroneReason {
  if (view.isPaused) return 'swarm-paused';
  return drone.isPaused ? 'paused' : 'grounded';
}

function pauseAdvice({ drone, view }: Case): string[] {
  if (view.isPaused || drone.isPaused) return ['What it builds it may finish; an operator has to resume it.'];
  return ['An operator can let it work again at once (action unground), when what made it fail is mended.'];
}

function verdictOf(choice: Choice, asked: Case): Verdict {
  const { drone, scene, queue } = asked;
  const rejected = choice.passedOver.map((each) => rejectedBy(each, scene));
  if (choice.kind === 'take') {
    const next = { package: choice.ready.package, score: choice.score };
    const isGuess = scene.isGuess(choice.ready.queueId);
    const because = `Why that: ${scoreSentence(choice.score, { now: scene.now, isGuess })}.`;
    const slots = freeSlots(asked);
    const headline = `${drone.name} ${slots}: it gets ${next.package} when it asks next.`;
    return {
      reason: 'next',
      headline,
      details: [because, ...askedLast(asked), ...rejected.map(sentence)],
      next,
      rejected,
    };
  }
  const { closed } = choice;
  if (closed?.rule === 'slots') return nothing('full', `${drone.name} is full: ${rejectionSentence(closed, scene)}.`);
  if (closed !== null) return nothing('closed', `${drone.name} gets nothing: ${rejectionSentence(closed, scene)}.`);
  const details = rejected.map(sentence);
  if (rejected.length === 0) return idle(asked);
  const isKept = rejected.every(({ rule }) => rule === 'better-home' || rule === 'kept-free');
  const headline = isKept
    ? `${drone.name} gets nothing: what is ready is kept for drones that finish it earlier.`
    : `${drone.name} gets nothing: none of ${counted(queue.ready, 'ready package')} is for it.`;
  return { ...nothing(isKept ? 'kept' : 'rejected', headline, details), rejected };
}

function nothing(reason: DroneReason, headline: string, details: readonly string[] = []): Verdict {
  return { reason, headline, details, next: null, rejected: [] };
}

function idle({ drone, queue }: Case): Verdict {
  const left = queue.waiting + queue.delegated + queue.delayed + queue.blocked;
  if (left === 0) return nothing('nothing-queued', `${drone.name} has nothing to do: the queue is empty.`);
  const blocked = drone.isSweeper ? 'no package is blocked that a sweeper could build' : 'no package is ready';
  return nothing('nothing-ready', `${drone.name} has nothing to do: ${blocked}.`);
}

function rejectedBy({ ready, rejection, count }: PassedOver, scene: Scene): DroneExplanation['rejected'][number] {
  const why = rejectionSentence(rejection, scene, scene.isGuess(ready.queueId));
  return { rule: rejection.rule, count, package: ready.package, why };
}

function sentence({ package: name, why, count }: DroneExplanation['rejected'][number]): string {
  return `${name}${count === 1 ? '' : ` and ${count - 1} more like it`}: ${why}.`;
}

function freeSlots({ drone, scene }: Case): string {
  const berth = scene.swarm.fleet.berth(drone.id);
  const running = berth?.running.length ?? 0;
  return running === 0
    ? 'is free'
    : `builds ${running} and has room for ${(berth?.drone.slots ?? running) - running} more`;
}

/** A drone that does not ask gets nothing, whatever is there for it. */
function askedLast({ drone, scene }: Case): string[] {
  const silentMs = silentFor(drone.id, scene);
  return silentMs === 0 ? [] : [`It did not ask for work for ${span(silentMs)}.`];
}

function queueSentences(reason: DroneReason, queue: QueueCounts, holders: readonly Holder[]): string[] {
  if (reason === 'next' || reason === 'full') return [];
  const counts = (['ready', 'delegated', 'delayed', 'waiting', 'blocked'] as const)
    .filter((state) => queue[state] > 0)
    .map((state) => `${queue[state]} ${WORDS[state]}`);
  const [first] = holders;
  const most =
    first === undefined
      ? []
      : [`${counted(first.waiting, 'package')} cannot begin before ${first.package}, which ${holderSays(first)}.`];
  return [...(counts.length === 0 ? [] : [`In the queue: ${counts.join(', ')}.`]), ...most];
}

const WORDS: Readonly<Record<keyof QueueCounts, string>> = {
  ready: 'ready',
  delegated: 'being built',
  delayed: 'tried again later',
  waiting: 'waiting for others',
  blocked: 'blocked',
};

function holderSays({ state, drone, failureClass }: Holder): string {
  if (state === 'delegated') return `${drone ?? 'a drone'} is building`;
  if (state === 'blocked' || state === 'failed')
    return `${state === 'blocked' ? 'is blocked' : 'has failed for good'}${failureClass === null ? '' : ` (${failureClass})`}`;
  return state === 'received' ? 'is about to be published' : 'is ready';
}

/** Sentences; as data there are all of them. */
const BUILDS_TOLD = 5;

function buildSentences({ id, coresLimit }: LiveDrone, { swarm, buildOf, now }: Scene): string[] {
  const running = swarm.fleet.berth(id)?.running ?? [];
  const more = running.length - BUILDS_TOLD;
  const builds = running
    .slice(0, BUILDS_TOLD)
    .map(
      ({ package: name, startedAt, queueId }) =>
        `It has been building ${name} for ${span(now - startedAt)} (${whenDone(buildOf(queueId)?.expectedAt ?? null, now)}).`,
    );
  const others = more > 0 ? [`It builds ${more} more.`] : [];
  return [...builds, ...others, ...(coresLimit === null ? [] : [`It may use ${counted(coresLimit, 'core')}.`])];
}
