import { escalationEvents } from '../core/escalation/escalation-events.ts';
import type { EscalationPolicy } from '../core/escalation/escalation-policy.ts';
import { type CareDecision, lookAfter } from '../core/escalation/look-after.ts';
import { judgeProbe } from '../core/escalation/probe-verdict.ts';
import { suspect, type Watch } from '../core/escalation/suspicion.ts';
import type { CaredDrone, DroneHands, EscalationStore } from './escalation-ports.ts';
import type { Clock, EventHub } from './ports.ts';

type Needs = {
  readonly escalations: EscalationStore;
  readonly hands: DroneHands;
  readonly hub: EventHub;
  readonly clock: Clock;
  readonly policy: EscalationPolicy;
  /** Names and addresses that are never touched. */
  readonly protectedHosts: readonly string[];
  /** Whether an address is one of this machine. */
  readonly isHere: (address: string) => boolean;
};

/** Connections at the same time. */
const AT_ONCE = 8;
/** A suspicion, a probe, and what that says is to be done. */
const ROUNDS = 3;
/** A wall clock that went further than time did was set by hand, or the machine slept. */
const MAX_DRIFT_MS = 5_000;

/**
 * Look after the drones once: whoever does not go on is probed, brought back step by step, or left to a person. Nobody
 * counts as silent for the time in which we did not listen.
 */
export function lookAfterDrones(needs: Needs): (signal: AbortSignal) => Promise<void> {
  const { escalations, hub, clock, policy } = needs;
  const watching = watch(clock);
  let hasBegun = false;
  let hadOutage = false;
  const round = async (signal: AbortSignal): Promise<boolean> => {
    const now = watching();
    const drones = (await escalations.readFleet()).map((drone) => seenFromHere(drone, needs));
    const { decisions, outage } = lookAfter(drones, policy, now);
    if ((outage !== null) !== hadOutage) {
      const event = outage === null ? escalationEvents.outageOver() : escalationEvents.outage(outage);
      hub.announce(await escalations.record(event, now.now));
      hadOutage = outage !== null;
    }
    const byId = new Map(drones.map((drone) => [drone.id, drone]));
    await forEach(decisions, AT_ONCE, async (decision) => {
      const drone = byId.get(decision.drone.id);
      if (drone !== undefined && !signal.aborted) await carryOut(needs, decision, { drone, watch: now, signal });
    });
    return decisions.length > 0;
  };
  return async (signal) => {
    if (policy.limit === 'off') return;
    if (!hasBegun) await escalations.interruptAll(clock.now());
    hasBegun = true;
    await escalations.closeGone(clock.now());
    for (let rounds = 0; rounds < ROUNDS && !signal.aborted && (await round(signal)); rounds += 1);
  };
}

/** A few at the same time; one that fails keeps none of the others from being done. */
async function forEach<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<void>) {
  const left = [...items];
  const failures: unknown[] = [];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift())
      await work(item).catch((error: unknown) => void failures.push(error));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, left.length) }, worker));
  if (failures.length > 0) throw failures[0];
}

function watch(clock: Clock): () => Watch {
  let watchedSince = clock.now();
  let last = { now: watchedSince, elapsed: clock.elapsed() };
  return () => {
    const [now, elapsed] = [clock.now(), clock.elapsed()];
    if (Math.abs(now - last.now - (elapsed - last.elapsed)) > MAX_DRIFT_MS) watchedSince = now;
    last = { now, elapsed };
    return { now, watchedSince };
  };
}

/** By its name, by the address that it registered with, and by the one that is used instead. */
function seenFromHere(
  drone: Awaited<ReturnType<EscalationStore['readFleet']>>[number],
  { protectedHosts, isHere }: Needs,
): CaredDrone {
  const names = [drone.name, drone.id, drone.registeredAt, drone.address];
  return {
    ...drone,
    isProtected: drone.isProtected || protectedHosts.some((host) => names.includes(host)),
    isHere: isHere(drone.address) || isHere(drone.registeredAt),
  };
}

type Doing = { readonly drone: CaredDrone; readonly watch: Watch; readonly signal: AbortSignal };

async function carryOut(needs: Needs, decision: CareDecision, doing: Doing): Promise<void> {
  const { escalations, hub, clock } = needs;
  const { drone } = doing;
  const now = clock.now();
  const caseId = drone.openCase?.id;
  if (decision.kind === 'open') {
    const { suspected, reopens } = decision;
    const event = escalationEvents.opened(drone, suspected, reopens !== null);
    hub.announce(await escalations.open({ drone, suspected, reopens }, event, now));
    return;
  }
  if (caseId === undefined) return;
  switch (decision.kind) {
    case 'quiet':
      return escalations.setQuiet(caseId, decision.since);
    case 'close': {
      const event = escalationEvents.closed(drone, decision.ending, null);
      hub.announce(await escalations.close(caseId, decision.ending, event, now));
      return;
    }
    case 'ask':
      hub.announce(await escalations.ask(caseId, decision.says, escalationEvents.asked(drone, decision.says), now));
      return;
    case 'probe':
      return probe(needs, doing, caseId);
    case 'step':
      return take(needs, decision, doing, caseId);
  }
}

async function probe(needs: Needs, { drone, watch: at, signal }: Doing, caseId: number): Promise<void> {
  const { escalations, hands, hub, clock, policy } = needs;
  const because = suspect(drone, policy, at)?.says ?? 'it was suspect a moment ago';
  const wish = { drone, caseId, step: 'probe' as const, because, isForSilence: false };
  const begun = await escalations.begin(wish, undefined, clock.now());
  if (begun === undefined) return;
  const probed =
    drone.host === null
      ? ({ kind: 'error', error: 'it has told no address' } as const)
      : await hands.probe({ host: drone.host, drone: drone.name, signal });
  // What was cut off by our own end says nothing; the next start notes that it was interrupted.
  if (signal.aborted) return;
  const judged = judgeProbe(probed, { drone, before: drone.probe, at: clock.now() });
  const before = drone.openCase;
  const isNews = drone.probe?.status !== judged.status || (before !== null && drone.probe.at < before.openedAt);
  const event = isNews ? escalationEvents.probed(drone, judged.status, judged.says) : undefined;
  const inVain = judged.facts === null ? (before?.inVain ?? 0) + 1 : 0;
  const end = { stepId: begun.stepId, caseId, drone, probe: judged, inVain };
  hub.announce(await escalations.endProbe(end, event, clock.now()));
}

async function take(
  { escalations, hands, hub, clock, policy }: Needs,
  { step, says: because }: Extract<CareDecision, { kind: 'step' }>,
  { drone, watch: at, signal }: Doing,
  caseId: number,
): Promise<void> {
  if (drone.host === null) return;
  const isForSilence = suspect(drone, policy, at)?.kind === 'silent';
  const event = escalationEvents.begins(drone, step, because);
  const begun = await escalations.begin({ drone, caseId, step, because, isForSilence }, event, clock.now());
  if (begun === undefined) return;
  hub.announce(begun.events);
  const { isDone, says } = await hands.take(step, { host: drone.host, drone: drone.name, signal });
  if (signal.aborted) return;
  const end = { stepId: begun.stepId, outcome: isDone ? ('done' as const) : ('failed' as const), says };
  const ended = isDone ? escalationEvents.done(drone, step, says) : escalationEvents.failed(drone, step, says);
  hub.announce(await escalations.end(end, ended, clock.now()));
}
