import type { SessionId } from '../ids.ts';

/** What a session was given so far, and what it is to be given. */
export type SessionAccount = {
  readonly id: SessionId | null;
  /** What the operator gave by hand: more goes strictly first. 0 for all others. */
  readonly bump: number;
  /** Its share against others of the same bump; 1 is usual, 2 gets twice as much. */
  readonly weight: number;
  /** Reference seconds it was served, or is taken to have been served, divided by its weight. */
  readonly servedShareS: number;
  readonly lastServedAt: number;
};

/**
 * Whether one session is served before another: by hand, then whoever was given least for its weight, with a bonus
 * for every second it was not served (start-time fair queueing: Goyal, Vin, Cheng, 1996; ageing as in Unix). The bonus
 * grows equally fast for all, so the order only changes when a session is served. A strict total order.
 */
export function isServedBefore(left: SessionAccount, right: SessionAccount, ageingPerS: number): boolean {
  if (left.bump !== right.bump) return left.bump > right.bump;
  const [first, second] = [shareWithAge(left, ageingPerS), shareWithAge(right, ageingPerS)];
  return first === second ? (left.id ?? '') < (right.id ?? '') : first < second;
}

/** The account after a package of so many expected reference seconds was handed out. */
export function served(account: SessionAccount, seconds: number, now: number): SessionAccount {
  return { ...account, servedShareS: account.servedShareS + seconds / account.weight, lastServedAt: now };
}

/** A new session's account: it neither waits for what the others had nor pays for it. */
export function openAccount(id: SessionId | null, now: ShareClock): SessionAccount {
  return { id, bump: 0, weight: 1, ...now };
}

/** Where the session that was served last stood at that moment: the virtual time of start-time fair queueing. */
export type ShareClock = Pick<SessionAccount, 'servedShareS' | 'lastServedAt'>;

/** The account of a session that had nothing ready for a while: what it did not ask for it cannot claim later. */
export function caughtUp(account: SessionAccount, now: ShareClock): SessionAccount {
  return { ...account, servedShareS: Math.max(account.servedShareS, now.servedShareS) };
}

function shareWithAge(account: SessionAccount, ageingPerS: number): number {
  return account.servedShareS + (ageingPerS * account.lastServedAt) / 1000;
}
