import { type KeyboardEvent, useRef } from 'react';
import type { Scene } from './scene.ts';
import { type Step, stepFrom } from './steps.ts';

export type StageDeeds = {
  readonly fit: () => void;
  readonly zoomBy: (factor: number) => void;
  readonly onMark: (at: number | undefined) => void;
  readonly onFocus: (at: number) => void;
  readonly onLeave: () => void;
};

type Seen = { readonly scene: Scene; readonly path: readonly number[]; readonly marked: number | undefined };

const STEPS: Readonly<Record<string, Step>> = {
  ArrowLeft: 'need',
  ArrowRight: 'user',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
const ZOOM = 1.4;
/** After `g` the next letter goes to another page. */
const PAIR_MS = 1_200;

/** Keys of the drawing: from package to package along the edges, and the view. */
export function useStageKeys({ scene, path, marked }: Seen, deeds: StageDeeds) {
  /** Where the last step began: up and down go on among its neighbours. */
  const came = useRef<number>(undefined);
  const pairUntil = useRef(0);
  const go = (step: Step) => {
    if (marked === undefined) return deeds.onMark(path[0] ?? 0);
    const next = stepFrom(scene, marked, step, came.current);
    if (next === undefined) return;
    if (step === 'need' || step === 'user') came.current = marked;
    deeds.onMark(next);
  };
  const along = () => {
    const at = marked === undefined ? -1 : path.indexOf(marked);
    const next = path[(at + 1) % path.length];
    if (next !== undefined) deeds.onMark(next);
  };
  return (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    if (event.key === 'g') pairUntil.current = event.timeStamp + PAIR_MS;
    if (event.key !== 'Escape' && event.timeStamp < pairUntil.current) return;
    const step = STEPS[event.key];
    if (step !== undefined) go(step);
    else if (event.key === '+' || event.key === '=') deeds.zoomBy(ZOOM);
    else if (event.key === '-') deeds.zoomBy(1 / ZOOM);
    else if (event.key === '0') deeds.fit();
    else if (event.key === 'c') along();
    else if (event.key === 'f' && marked !== undefined) deeds.onFocus(marked);
    else if (event.key === 'Enter' && marked !== undefined) document.getElementById(PANEL_ID)?.focus();
    else if (event.key === 'Escape') deeds.onLeave();
    else return;
    event.preventDefault();
  };
}

/** The panel beside the drawing. */
export const PANEL_ID = 'graph-panel';
