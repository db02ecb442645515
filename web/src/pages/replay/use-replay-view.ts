import { useSyncExternalStore } from 'react';
import type { Replay, ReplayView } from '../../live/replay.ts';

/** How a replay stands, drawn again when it changes. */
export function useReplayView(replay: Replay): ReplayView {
  return useSyncExternalStore(replay.subscribeView, replay.view);
}
