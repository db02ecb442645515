import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Ids } from '../../app/ports.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal ? { signal } : {});
    } catch {
      // Woken early, as promised.
    }
  },
};

/** Session ids that sort by time and that nobody else makes: `s-20261123-084501-3fa9c1`. */
export const systemIds: Ids = {
  session: () => {
    const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
    return `s-${stamp}-${randomBytes(3).toString('hex')}`;
  },
};
