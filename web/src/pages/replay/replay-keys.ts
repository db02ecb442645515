import { useEffect } from 'react';
import type { Replay } from '../../live/replay.ts';

export const LEAP_S = 10;

/** Keys of a replay, on every page: blank plays, arrows go back and forward, with shift from event to event. */
export function useReplayKeys(replay: Replay): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { key, shiftKey, ctrlKey, metaKey, altKey, target, defaultPrevented } = event;
      if (defaultPrevented || ctrlKey || metaKey || altKey || isTaken(target)) return;
      const { at, isPlaying } = replay.view();
      if (key === ' ') (isPlaying ? replay.pause : replay.play)();
      else if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
      else if (shiftKey) replay.step(key === 'ArrowLeft' ? -1 : 1);
      else replay.seek(key === 'ArrowLeft' ? at - LEAP_S : at + LEAP_S);
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [replay]);
}

/** What has the focus uses these keys itself: fields, buttons, tables, sliders, dialogs. */
function isTaken(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input, textarea, select, button, a, summary, [contenteditable], [role=grid], [role=slider], [role=separator], [role=dialog], [role=alertdialog], .cm-editor, .xterm, .react-flow',
    ) !== null
  );
}
