import { SwarmError } from '../core/errors.ts';
import type { Deps } from './deps.ts';
import type { Heartbeat } from './ports.ts';

export type RegisterReply = { readonly isPaused: boolean; readonly stop: readonly number[]; readonly leaseMs: number };

/** Registration and heartbeat: note what the drone says of itself, renew the leases of what it builds. */
export function registerDrone({ store, hub, clock, policy }: Pick<Deps, 'store' | 'hub' | 'clock' | 'policy'>) {
  return async (report: Omit<Heartbeat, 'isSweeper'>): Promise<RegisterReply> => {
    const isSweeper = report.name.toLowerCase().startsWith(policy.sweeperPrefix.toLowerCase());
    const outcome = await store.heartbeat({ ...report, isSweeper }, clock.now());
    if ('refused' in outcome) {
      throw new SwarmError('NAME_TAKEN', `name: another drone (${outcome.holder}) is online as ${report.name}`);
    }
    // An announcement wakes every drone that waits for work; an ordinary heartbeat is none.
    if (outcome.events.length > 0) hub.announce(outcome.events);
    return { isPaused: outcome.isPaused, stop: outcome.stop, leaseMs: policy.leaseMs };
  };
}
