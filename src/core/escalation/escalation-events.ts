import type { SwarmEvent } from '../events.ts';
import type { DroneId } from '../ids.ts';
import type { ProbeStatus } from './probe-verdict.ts';
import type { Suspected } from './suspicion.ts';
import type { Ending, Step } from './watched-drone.ts';

type Named = { readonly id: DroneId; readonly name: string; readonly address: string };

/** What is about to be done, after "DRONE: ". */
const STEP_WORDS: Readonly<Record<Step, string>> = {
  restart: 'restarting its service',
  'hard-restart': 'killing its agent and all that it runs, and starting it anew',
  reboot: 'rebooting it',
};

/** The sentences of version 3.1 for what was done, which clients know. */
const DONE_WORDS: Readonly<Record<Step, string>> = {
  restart: 'service restarted via SSH',
  'hard-restart': 'service killed and started via SSH',
  reboot: 'rebooted via SSH (escalation)',
};

const ENDING_WORDS: Readonly<Record<Ending, string>> = {
  well: 'is well again',
  gone: 'was removed; nobody looks after it any more',
  protected: 'is protected; it is left alone',
  paused: 'was paused; it is left alone until it is resumed',
  closed: 'is left to the person who said so; nothing more is done to it',
};

/** What is told of drones that do not go on. */
export const escalationEvents = {
  opened: (drone: Named, { kind, says }: Suspected, isRelapse: boolean): SwarmEvent =>
    about(drone, `${drone.name} is looked at${isRelapse ? ' again' : ''}: ${says}`, {
      state: 'opened',
      suspicion: kind,
      says,
    }),

  /** A probe that says something else than the one before it. */
  probed: (drone: Named, status: ProbeStatus, says: string): SwarmEvent =>
    about(drone, `${drone.name} probed: ${says}`, { state: 'probed', probe_status: status, says }),

  begins: (drone: Named, step: Step, says: string): SwarmEvent =>
    about(drone, `${drone.name}: ${STEP_WORDS[step]} (${says})`, { state: 'begins', step, says }),

  done: (drone: Named, step: Step, says: string): SwarmEvent => ({
    ...about(drone, `${drone.name} ${DONE_WORDS[step]}`, { state: 'done', step, says }),
    type: 'control',
  }),

  failed: (drone: Named, step: Step, says: string): SwarmEvent =>
    about(drone, `${drone.name}: ${STEP_WORDS[step]} failed: ${says}`, { state: 'failed', step, says }),

  asked: (drone: Named, says: string): SwarmEvent =>
    about(drone, `${drone.name} needs somebody: ${says}`, { state: 'asked', says }),

  closed: (drone: Named, ending: Ending, by: string | null): SwarmEvent =>
    about(drone, `${drone.name} ${ENDING_WORDS[ending]}`, { state: 'closed', ending, ...(by === null ? {} : { by }) }),

  outage: ({ silent, fleet }: { readonly silent: number; readonly fleet: number }): SwarmEvent => ({
    type: 'escalation',
    message: `${silent} of ${fleet} drones are silent at once: look at the network and at this machine; nothing is restarted meanwhile`,
    details: { state: 'outage', silent, fleet },
    droneId: null,
    package: null,
  }),

  outageOver: (): SwarmEvent => ({
    type: 'escalation',
    message: 'Most drones are heard of again; those that are not are looked after one by one',
    details: { state: 'outage over' },
    droneId: null,
    package: null,
  }),
} as const;

function about(drone: Named, message: string, details: Record<string, unknown>): SwarmEvent {
  return {
    type: 'escalation',
    message: message.slice(0, 500),
    details: { drone: drone.name, ip: drone.address, ...details },
    droneId: drone.id,
    package: null,
  };
}
