import { useEffect, useRef } from 'react';

/**
 * Reads again when `trigger` changes, at most once in `everyMs`. In a busy swarm something changes all the time: then
 * it is read that often, and not never.
 */
export function useRefetched(refetch: () => unknown, trigger: unknown, everyMs: number): void {
  const latest = useRef(refetch);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const known = useRef(trigger);
  useEffect(() => {
    latest.current = refetch;
  });
  useEffect(() => {
    if (known.current === trigger) return;
    known.current = trigger;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current();
    }, everyMs);
  }, [trigger, everyMs]);
  useEffect(() => () => clearTimeout(timer.current), []);
}
