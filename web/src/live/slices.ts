import type { Slice, SwarmState } from './swarm-state.ts';

/**
 * Versions and listeners by slice; listeners hear of any number of changes once a frame. Maps that changed are
 * copied then, so that who remembers what he made of one sees that it is another.
 */
export function createSlices(state: SwarmState) {
  const versions = new Map<Slice, number>();
  const listeners = new Map<Slice, Set<() => void>>();
  const touched = new Set<Slice>();
  let frame: number | undefined;
  const tell = () => {
    frame = undefined;
    const slices = [...touched];
    touched.clear();
    for (const slice of slices) {
      renewMap(state, slice);
      versions.set(slice, (versions.get(slice) ?? 0) + 1);
      for (const listener of listeners.get(slice) ?? []) listener();
    }
  };
  return {
    version: (slice: Slice) => versions.get(slice) ?? 0,
    touch: (slice: Slice) => {
      touched.add(slice);
      // A page in the background has no frames.
      frame ??= document.hidden ? window.setTimeout(tell, 250) : requestAnimationFrame(tell);
    },
    subscribe: (slice: Slice, listener: () => void) => {
      const mine = listeners.get(slice) ?? new Set();
      listeners.set(slice, mine.add(listener));
      return () => void mine.delete(listener);
    },
  };
}

function renewMap(state: SwarmState, slice: Slice): void {
  if (slice === 'nodes') state.nodes = new Map(state.nodes);
  if (slice === 'builds') state.builds = new Map(state.builds);
  if (slice === 'queue' && state.queue !== undefined) state.queue = new Map(state.queue);
}
