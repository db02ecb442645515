import { DEFAULT_ESCALATION_POLICY as DEFAULTS, LADDER_LIMITS } from '../../core/escalation/escalation-policy.ts';
import { decimalNumber, oneOf, wholeNumber } from '../kinds.ts';
import { setting } from '../setting.ts';

const SECOND_MS = 1_000;
const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

const seconds = (min: number) => decimalNumber({ min, max: DAY_S, unit: 's' });
const share = decimalNumber({ min: 0, max: 1 });
const count = wholeNumber({ min: 1, max: 1_000 });

/** When a drone is looked at over SSH, and how far it is brought back without a person. */
export const ESCALATION = {
  SWARM_ESCALATION: setting({
    kind: oneOf(...LADDER_LIMITS),
    fallback: DEFAULTS.limit,
    why: 'How far drones that do not go on are brought back without a person: `off` nobody looks, `probe` looks over SSH and asks, `restart` restarts their service too, `reboot` also reboots where the machine allows that: containers and virtual machines, others only if told so for that drone.',
  }),
  SWARM_ESCALATION_S: setting({
    kind: decimalNumber({ min: 0.1, max: HOUR_S, unit: 's' }),
    fallback: 15,
    why: 'How often it is looked for drones that do not go on.',
  }),
  SWARM_PROBE_SILENT_S: setting({
    kind: seconds(1),
    fallback: DEFAULTS.silentAfterMs / SECOND_MS,
    why: 'Silence after which a drone is probed. Longer than NODE_TIMEOUT: a short trouble of the network is nobody’s fault.',
  }),
  SWARM_PROBE_FAILURES: setting({
    kind: count,
    fallback: DEFAULTS.failuresToProbe,
    why: 'Failures in a row, the drone being to blame, after which it is probed; it is restarted only if its agent does not run.',
  }),
  SWARM_PROBE_IDLE_S: setting({
    kind: seconds(10),
    fallback: DEFAULTS.idleAfterS,
    why: 'A drone with a build that is without progress for longer is probed; it is restarted only if emerge uses no processor.',
  }),
  SWARM_PROBE_S: setting({
    kind: seconds(0.1),
    fallback: DEFAULTS.probeEveryMs / SECOND_MS,
    why: 'Time between two probes of the same drone; ten times as long when a person was asked.',
  }),
  SWARM_PROBES_IN_VAIN: setting({
    kind: count,
    fallback: DEFAULTS.probesInVain,
    why: 'So many probes in a row that do not reach a silent drone, and a person is asked.',
  }),
  SWARM_STEP_COOLDOWN_S: setting({
    kind: seconds(0),
    fallback: DEFAULTS.cooldownMs / SECOND_MS,
    why: 'Time that a restart gets to help before the next step is taken for the same drone.',
  }),
  SWARM_REBOOT_WAIT_S: setting({
    kind: seconds(0),
    fallback: DEFAULTS.rebootWaitMs / SECOND_MS,
    why: 'The same for a reboot; at least SWARM_STEP_COOLDOWN_S, whatever it says.',
  }),
  SWARM_REBOOT_COOLDOWN_H: setting({
    kind: decimalNumber({ min: 0, max: 24 * 366, unit: 'h' }),
    fallback: DEFAULTS.rebootCooldownMs / (HOUR_S * SECOND_MS),
    why: 'A drone that was rebooted is not rebooted again within this time.',
  }),
  SWARM_ESCALATION_SHARE: setting({
    kind: share,
    fallback: DEFAULTS.share,
    why: 'Part of the fleet that may be restarted or waited for at the same time. One drone always may, unless it is 0.',
  }),
  SWARM_OUTAGE_SHARE: setting({
    kind: share,
    fallback: DEFAULTS.outageShare,
    why: 'When more than this part of the fleet (and at least two drones) is silent at once it is not the drones: nothing is restarted, and a person is asked.',
  }),
} as const;
