/** Wrong tokens of one address within the period that are answered as such. */
const FAILURES = 10;
const PERIOD_MS = 60_000;
/** Addresses remembered; more only ever come from somebody who has very many. */
const ADDRESSES = 10_000;

export type LoginLimit = {
  /** Count a wrong token. `first-refused` the moment an address has shown too many. */
  fail(address: string): 'counted' | 'first-refused' | 'refused';
  /** Seconds that an address has to wait before wrong tokens of it are looked at again; 0 for none. */
  retryAfterS(address: string): number;
};

/** Holds off who tries tokens; of the addresses that failed longest ago it forgets. `now` in milliseconds. */
export function createLoginLimit(now: () => number): LoginLimit {
  const failures = new Map<string, { count: number; readonly since: number }>();
  const current = (address: string) => {
    const known = failures.get(address);
    return known !== undefined && Math.abs(now() - known.since) < PERIOD_MS ? known : undefined;
  };
  return {
    fail: (address) => {
      const known = current(address) ?? begin(failures, address, now());
      known.count += 1;
      if (known.count <= FAILURES) return 'counted';
      return known.count === FAILURES + 1 ? 'first-refused' : 'refused';
    },
    retryAfterS: (address) => {
      const known = current(address);
      if (known === undefined || known.count <= FAILURES) return 0;
      return Math.max(1, Math.ceil((known.since + PERIOD_MS - now()) / 1000));
    },
  };
}

function begin(failures: Map<string, { count: number; readonly since: number }>, address: string, since: number) {
  // Behind all others again, so that the first of the map is the oldest.
  failures.delete(address);
  if (failures.size >= ADDRESSES) {
    const oldest = failures.keys().next();
    if (oldest.done !== true) failures.delete(oldest.value);
  }
  const fresh = { count: 0, since };
  failures.set(address, fresh);
  return fresh;
}
