import type { EventType } from '../core/events.ts';
import type { EventHub, StoredEvent } from './ports.ts';

/** A drone that waits for work, from its request to its answer. */
export type Waiter = {
  /** From now on it is rung for. Given when there may be work for it, or it has gone. */
  listen(): AbortSignal;
  /** It has looked: let the next one look too, unless there is nothing for anybody. */
  hasLooked(isNothingLeft: boolean): void;
  dispose(): void;
};

export type WorkBell = {
  wait(signal: AbortSignal): Waiter;
  /** Wake all, because the program stops: they are answered at once. */
  close(): void;
  isClosed(): boolean;
  /** How many wait. */
  count(): number;
};

/** Events after which nobody has more to do than before. */
const NO_WORK: ReadonlySet<EventType> = new Set([
  'assign',
  'complete',
  'stale',
  'offline',
  'refused',
  'session',
  'grounded',
  'disabled',
  'stuck',
  'escalation',
  'disk',
]);

/**
 * Wakes drones that wait for work, one after the other in the order they came. Waking all of a thousand for one
 * package would make a thousand of them look, and most look in vain; who has looked wakes the next.
 */
export function createWorkBell(hub: EventHub): WorkBell {
  const waiting = new Map<symbol, () => void>();
  /** How many more may look for what was announced last. */
  let chances = 0;
  /** How often something was announced. */
  let announced = 0;
  let isClosed = false;

  const ringNext = () => {
    const first = waiting.keys().next();
    if (first.done || chances <= 0) return;
    chances -= 1;
    const ring = waiting.get(first.value);
    waiting.delete(first.value);
    ring?.();
  };

  hub.subscribe((events) => {
    if (!mayMakeWork(events)) return;
    announced += 1;
    chances = waiting.size;
    ringNext();
  });

  return {
    wait: (signal) => {
      const key = Symbol('waiter');
      let woken = new AbortController();
      // From the ring until it has looked it is its turn, and nobody else is rung for.
      let isItsTurn = false;
      let looksAt = 0;
      const wake = () => woken.abort();
      signal.addEventListener('abort', wake, { once: true });
      return {
        listen: () => {
          woken = new AbortController();
          looksAt = announced;
          if (signal.aborted) wake();
          waiting.set(key, () => {
            isItsTurn = true;
            wake();
          });
          return woken.signal;
        },
        hasLooked: (isNothingLeft) => {
          // What was announced meanwhile it may not have seen.
          if (isNothingLeft && looksAt === announced) chances = 0;
          if (isItsTurn) ringNext();
          isItsTurn = false;
        },
        dispose: () => {
          signal.removeEventListener('abort', wake);
          waiting.delete(key);
          // Gone before it looked: the next one must not be forgotten for that.
          if (isItsTurn) ringNext();
        },
      };
    },
    isClosed: () => isClosed,
    close: () => {
      isClosed = true;
      for (const ring of waiting.values()) ring();
      waiting.clear();
    },
    count: () => waiting.size,
  };
}

/** An announcement without events says that something may be ready. */
function mayMakeWork(events: readonly StoredEvent[]): boolean {
  return events.length === 0 || events.some((event) => !NO_WORK.has(event.type));
}
