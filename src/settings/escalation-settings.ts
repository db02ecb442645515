import { DEFAULT_ESCALATION_POLICY, type EscalationPolicy } from '../core/escalation/escalation-policy.ts';
import type { Values } from './table.ts';

/** How drones that do not go on are brought back, and how often it is looked for them. */
export type EscalationSettings = { readonly periodMs: number; readonly policy: EscalationPolicy };

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Nobody has to know by the minute what a person was asked to see to. */
const ASKED_FACTOR = 10;

export function escalationOf(values: Values): EscalationSettings {
  const probeEveryMs = values.SWARM_PROBE_S * SECOND_MS;
  return {
    periodMs: values.SWARM_ESCALATION_S * SECOND_MS,
    policy: {
      ...DEFAULT_ESCALATION_POLICY,
      limit: values.SWARM_ESCALATION,
      silentAfterMs: values.SWARM_PROBE_SILENT_S * SECOND_MS,
      failuresToProbe: values.SWARM_PROBE_FAILURES,
      idleAfterS: values.SWARM_PROBE_IDLE_S,
      probeEveryMs,
      probeAskedEveryMs: probeEveryMs * ASKED_FACTOR,
      probesInVain: values.SWARM_PROBES_IN_VAIN,
      cooldownMs: values.SWARM_STEP_COOLDOWN_S * SECOND_MS,
      rebootWaitMs: values.SWARM_REBOOT_WAIT_S * SECOND_MS,
      rebootCooldownMs: values.SWARM_REBOOT_COOLDOWN_H * HOUR_MS,
      share: values.SWARM_ESCALATION_SHARE,
      outageShare: values.SWARM_OUTAGE_SHARE,
      groundedForMs: values.GROUNDING_TIMEOUT * MINUTE_MS,
    },
  };
}
