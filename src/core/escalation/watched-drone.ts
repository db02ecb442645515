import type { DroneId } from '../ids.ts';
import type { JudgedProbe } from './probe-verdict.ts';

/** What a drone runs on, as far as a reboot goes. */
export const MACHINES = ['metal', 'vm', 'container'] as const;
export type Machine = (typeof MACHINES)[number];

/** What an operator says of reboots: `by-machine` allows them to containers and virtual machines. */
export const REBOOT_RULES = ['by-machine', 'allowed', 'never'] as const;
export type RebootRule = (typeof REBOOT_RULES)[number];

/** What is done to a drone, from the mildest to the last. */
export const STEPS = ['restart', 'hard-restart', 'reboot'] as const;
export type Step = (typeof STEPS)[number];

/** Why a drone is looked at. */
export const SUSPICIONS = ['silent', 'grounded', 'no-progress', 'failing'] as const;
export type Suspicion = (typeof SUSPICIONS)[number];

/** How an escalation ended. `well`: the drone goes on by itself. */
export type Ending = 'well' | 'gone' | 'protected' | 'paused' | 'closed';

/** A step that was taken. Times are Unix milliseconds. */
export type TakenStep = {
  readonly step: Step;
  readonly startedAt: number;
  /** Null while it runs. */
  readonly endedAt: number | null;
};

/** An escalation that is open: from the first suspicion to its end. */
export type OpenCase = {
  readonly id: number;
  readonly suspicion: Suspicion;
  readonly openedAt: number;
  /** Since when nothing is wrong any more; null while something is. */
  readonly quietSince: number | null;
  /** When a person was asked. */
  readonly askedAt: number | null;
  /** Probes in a row by which the drone could not be reached. */
  readonly inVain: number;
  /** In the order in which they were taken. */
  readonly steps: readonly TakenStep[];
};

/** A drone as whoever looks after the fleet sees it. Times are Unix milliseconds. */
export type WatchedDrone = {
  readonly id: DroneId;
  readonly name: string;
  readonly isPaused: boolean;
  /** Never touched and never probed. */
  readonly isProtected: boolean;
  /** It is on the machine of the control plane. */
  readonly isHere: boolean;
  readonly lastSeenAt: number;
  readonly groundedUntil: number | null;
  readonly failures: number;
  /** The longest time that one of its builds is without progress, in seconds. */
  readonly idleS: number;
  readonly cores: number | null;
  /** As an operator said; null to take what the probe finds. */
  readonly machine: Machine | null;
  readonly rebootRule: RebootRule;
  /** What the agent's own settings say. */
  readonly agentAllowsReboot: boolean;
  readonly lastRebootAt: number | null;
  /** The end of its last build that went well. */
  readonly lastSuccessAt: number | null;
  readonly probe: JudgedProbe | null;
  readonly openCase: OpenCase | null;
  /** The escalation that ended last. */
  readonly lastCase: { readonly id: number; readonly closedAt: number; readonly ending: Ending } | null;
};
