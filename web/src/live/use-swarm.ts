import { createContext, useContext, useEffect, useSyncExternalStore } from 'react';
import type { Slice, SwarmState } from './swarm-state.ts';
import { createLiveStore, type SwarmSource } from './swarm-store.ts';

export const liveStore = createLiveStore();

/** What pages show: the swarm as it is, unless a replay says otherwise. */
export const SwarmContext = createContext<SwarmSource>(liveStore);

/** One slice of the swarm; the component is drawn again when it changes, at most once a frame. */
export function useSwarm<S extends Slice>(slice: S): SwarmState[S] {
  const source = useContext(SwarmContext);
  useVersion(source, slice);
  return source.state[slice];
}

/** Whether pages show the swarm as it is, and not as it was: only then what is asked of the control plane belongs to it. */
export function useIsLive(): boolean {
  return useContext(SwarmContext) === liveStore;
}

/** All packages of the queue, loaded when first asked for; undefined until they are there. */
export function useQueue(): SwarmState['queue'] {
  const source = useContext(SwarmContext);
  useEffect(() => source.wantQueue(), [source]);
  return useSwarm('queue');
}

function useVersion(source: SwarmSource, slice: Slice): number {
  return useSyncExternalStore(
    (listener) => source.subscribe(slice, listener),
    () => source.version(slice),
  );
}
