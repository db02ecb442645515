import type { EscalationPolicy } from './escalation-policy.ts';
import type { JudgedProbe, ProbeStatus } from './probe-verdict.ts';
import { type Suspected, silentFor, type Watch } from './suspicion.ts';
import { type OpenCase, STEPS, type Step, type WatchedDrone } from './watched-drone.ts';

/** What comes next for a drone with an open escalation, and why; `wait` says what is waited for. */
export type Rung =
  | { readonly kind: 'wait'; readonly says: string }
  | { readonly kind: 'step'; readonly step: Step; readonly says: string }
  | { readonly kind: 'ask'; readonly says: string };

type Case = { readonly drone: WatchedDrone; readonly openCase: OpenCase; readonly probe: JudgedProbe };

/** An overloaded drone may be too busy to answer; it gets so much more time than another. */
const PATIENCE = 3;

/**
 * The next rung for one drone, by what the newest probe says. It never looks at other drones: whether there is room
 * for a step is decided by who sees the whole fleet.
 */
export function nextRung(wrong: Case, suspected: Suspected, policy: EscalationPolicy, watch: Watch): Rung {
  const { drone, openCase, probe } = wrong;
  if (openCase.askedAt !== null) return wait('a person was asked');
  // Before all else: one that is being rebooted cannot be reached, and that says nothing.
  const cooling = cooldownLeft(openCase, policy, watch.now);
  if (cooling > 0) return wait(`the last step gets ${Math.ceil(cooling / 1000)} s more to help`);
  const first = byVerdict(wrong, suspected, policy, watch);
  if (first !== 'go on') return first;
  if (suspected.kind === 'grounded' && hadStepInThisGrounding(drone, openCase, policy))
    return wait('whether the last step helped shows when its grounding is over');
  const tried = new Set(openCase.steps.map(({ step }) => step));
  const why = `${suspected.says}; ${probe.says}`;
  for (const step of STEPS) {
    if (tried.has(step)) continue;
    const refusal = refusalOf(step, wrong, policy, watch.now);
    if (refusal === undefined) return { kind: 'step', step, says: why };
    if (step === 'reboot' || policy.limit === 'probe') return { kind: 'ask', says: `${why}; ${refusal}` };
  }
  return { kind: 'ask', says: `${why}; restarts and a reboot did not help` };
}

/** Time until the last step has had its time; 0 when it has. Milliseconds. */
export function cooldownLeft({ steps }: OpenCase, policy: EscalationPolicy, now: number): number {
  const last = steps.at(-1);
  if (last === undefined) return 0;
  if (last.endedAt === null) return Number.POSITIVE_INFINITY;
  const ms = last.step === 'reboot' ? Math.max(policy.rebootWaitMs, policy.cooldownMs) : policy.cooldownMs;
  return Math.max(0, last.endedAt + ms - now);
}

const OUT_OF_REACH: ReadonlySet<ProbeStatus> = new Set(['unreachable', 'timeout', 'error']);

function byVerdict(
  { drone, openCase, probe }: Case,
  suspected: Suspected,
  policy: EscalationPolicy,
  watch: Watch,
): Rung | 'go on' {
  const { status, says } = probe;
  const isSilent = suspected.kind === 'silent';
  if (OUT_OF_REACH.has(status)) {
    // One that we hear of works, whatever is wrong with our way to it.
    if (!isSilent) return wait(`it cannot be looked at: ${says}`);
    return openCase.inVain < policy.probesInVain
      ? wait(`it is looked at again: ${says}`)
      : { kind: 'ask', says: `${suspected.says}, and it cannot be reached by SSH either: ${says}` };
  }
  // A restart would hit another machine, or make no room.
  if (status === 'stranger' || status === 'disk_full') return { kind: 'ask', says: `${suspected.says}; ${says}` };
  if (status === 'service_down') return 'go on';
  if (status === 'overloaded' || status === 'memory_low') {
    const isPatient = !isSilent || silentFor(drone, watch) < PATIENCE * policy.silentAfterMs;
    return isPatient ? wait(`${says}, and gets time`) : 'go on';
  }
  if (suspected.kind === 'failing') return wait('its agent runs; whether it is the drone shows soon');
  if (suspected.kind === 'no-progress' && status !== 'stuck') return wait('its emerge works');
  return 'go on';
}

function hadStepInThisGrounding(
  { groundedUntil }: WatchedDrone,
  { steps }: OpenCase,
  { groundedForMs }: EscalationPolicy,
): boolean {
  const last = steps.at(-1);
  return last !== undefined && groundedUntil !== null && last.startedAt >= groundedUntil - groundedForMs;
}

/** Why this step must not be taken; undefined when it may. */
function refusalOf(step: Step, { drone, probe }: Case, policy: EscalationPolicy, now: number): string | undefined {
  if (policy.limit === 'off' || policy.limit === 'probe') return 'the settings leave the rest to a person';
  if (step !== 'reboot') return undefined;
  if (policy.limit !== 'reboot') return 'restarts did not help, and the settings leave reboots to a person';
  if (drone.isHere) return 'it is on the machine of the control plane, which is never rebooted';
  if (drone.rebootRule === 'never') return 'an operator forbids to reboot it';
  if (!drone.agentAllowsReboot) return 'its own settings forbid to reboot it (AUTO_REBOOT)';
  const machine = drone.machine ?? probe.facts?.machine ?? 'metal';
  if (machine === 'metal' && drone.rebootRule !== 'allowed') return 'it is a machine of its own, which is not rebooted';
  if (drone.lastRebootAt !== null && now - drone.lastRebootAt < policy.rebootCooldownMs)
    return 'it was rebooted not long ago';
  return undefined;
}

function wait(says: string): Rung {
  return { kind: 'wait', says };
}
