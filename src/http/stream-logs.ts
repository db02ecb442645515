import type { FollowLog } from '../app/follow-log.ts';
import type { Outlet } from './sse-outlet.ts';
import { logFrame } from './stream-frames.ts';

/** The build logs that one client follows, each as fast as the client takes it. */
export type FollowedLogs = {
  /** The part of a position that says where the logs were left: `;77:20480` for each. */
  positions(): string;
  /** Lines may have been added, or the build may be over. */
  touched(attempt: number): void;
  allTouched(): void;
  isEmpty(): boolean;
};

type Options = {
  /** Where to begin, by attempt. */
  readonly offsets: ReadonlyMap<number, number>;
  readonly outlet: Outlet;
  readonly followLog: FollowLog;
  /** The whole position, logs included. */
  readonly idText: () => string;
  readonly onError: (error: unknown) => void;
};

export function followLogs({ offsets, outlet, followLog, idText, onError }: Options): FollowedLogs {
  const places = new Map(offsets);
  const busy = new Set<number>();
  const touchedMeanwhile = new Set<number>();

  /** False when there is nothing more for now. */
  const sendNext = async (attempt: number): Promise<boolean> => {
    const piece = await followLog(attempt, places.get(attempt) ?? 0);
    if (piece === undefined || !outlet.hasRoom()) return false;
    const { isEnded, ...place } = piece;
    places.set(attempt, piece.next);
    const id = idText();
    if (isEnded) places.delete(attempt);
    return outlet.send(logFrame({ ...place, ended: isEnded }, id)) && !isEnded;
  };

  const follow = async (attempt: number): Promise<void> => {
    do {
      touchedMeanwhile.delete(attempt);
      while (outlet.hasRoom() && (await sendNext(attempt)));
    } while (touchedMeanwhile.has(attempt) && places.has(attempt) && outlet.hasRoom());
  };

  const touched = (attempt: number): void => {
    if (!places.has(attempt) || !outlet.hasRoom()) return;
    if (busy.has(attempt)) {
      touchedMeanwhile.add(attempt);
      return;
    }
    busy.add(attempt);
    follow(attempt)
      .catch(onError)
      .finally(() => busy.delete(attempt));
  };

  return {
    positions: () => [...places].map(([attempt, offset]) => `;${attempt}:${offset}`).join(''),
    touched,
    allTouched: () => {
      for (const attempt of [...places.keys()]) touched(attempt);
    },
    isEmpty: () => places.size === 0,
  };
}
