import { type ReactFlowState, useStore } from '@xyflow/react';
import { useEffect, useMemo, useState } from 'react';
import { NAMES_FROM } from './paint.ts';
import { packagesIn, type Rect, type Scene } from './scene.ts';

/** The view moves on by so much before it is looked again who is in it, in pixels at full size. */
const GRID = 160;
/** Elements are made when the view has rested so long, so many in one frame; until then their names are painted. */
const REST_MS = 80;
const A_FRAME = 24;
const NOBODY: readonly number[] = [];

type Places = { readonly scene: Scene; readonly places: readonly number[] };

/** Packages near enough to be elements with names, by shown place; the marked one always is. */
export function useVisible(scene: Scene, marked: number | undefined): readonly number[] {
  const part = useStore(partSeen);
  const wanted = useMemo(() => (part === '' ? NOBODY : fromTheMiddle(scene, rectOf(part))), [scene, part]);
  const [rested, setRested] = useState<Places>();
  const [made, setMade] = useState<Places>();
  const goal = rested?.scene === scene ? rested.places : NOBODY;
  const known = made?.scene === scene ? made.places : NOBODY;
  useEffect(() => {
    const timer = setTimeout(() => setRested({ scene, places: wanted }), wanted.length === 0 ? 0 : REST_MS);
    return () => clearTimeout(timer);
  }, [scene, wanted]);
  useEffect(() => {
    const next = someOf(goal, known);
    if (next === known) return undefined;
    const frame = requestAnimationFrame(() => setMade({ scene, places: next }));
    return () => cancelAnimationFrame(frame);
  }, [scene, goal, known]);
  return useMemo(() => {
    const isMissing = marked !== undefined && marked < scene.shown.length && !known.includes(marked);
    return isMissing ? [...known, marked] : known;
  }, [scene, known, marked]);
}

/** Those of the wanted ones that are there, and some more; the same list where those are all. */
function someOf(wanted: readonly number[], known: readonly number[]): readonly number[] {
  const there = new Set(known);
  const missing = wanted.filter((at) => !there.has(at));
  if (missing.length === 0 && wanted.length === known.length) return known;
  const isWanted = new Set(wanted);
  return [...known.filter((at) => isWanted.has(at)), ...missing.slice(0, A_FRAME)];
}

function fromTheMiddle(scene: Scene, rect: Rect): readonly number[] {
  const [x, y] = [(rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2];
  const distance = (at: number) => Math.abs((scene.xs[at] as number) - x) + Math.abs((scene.ys[at] as number) - y);
  return packagesIn(scene, rect).sort((one, other) => distance(one) - distance(other));
}

/** As a text, so that nothing is made anew while it is the same; empty from afar. */
function partSeen({ transform: [x, y, zoom], width, height }: ReactFlowState): string {
  if (zoom < NAMES_FROM || width === 0) return '';
  const low = (edge: number) => Math.floor(edge / zoom / GRID) * GRID;
  const high = (edge: number) => Math.ceil(edge / zoom / GRID) * GRID;
  return [low(-x), low(-y), high(width - x), high(height - y)].join(' ');
}

function rectOf(part: string): Rect {
  const [left = 0, top = 0, right = 0, bottom = 0] = part.split(' ').map(Number);
  return { left, top, right, bottom };
}
