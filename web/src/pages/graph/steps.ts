import type { Scene } from './scene.ts';

export type Step = 'need' | 'user' | 'up' | 'down';

/**
 * Where a key leads from a package. To the left what it needs, to the right what needs it, the nearest by height; up
 * and down its neighbours: those that share the way just gone, or who stand next in the column.
 */
export function stepFrom(scene: Scene, from: number, step: Step, came: number | undefined): number | undefined {
  if (step === 'need' || step === 'user') return nearest(scene, from, linked(scene, from, step));
  const siblings = came === undefined ? [] : siblingsOf(scene, from, came);
  return nextByHeight(scene, from, siblings, step) ?? nextByHeight(scene, from, sameColumn(scene, from), step);
}

function linked({ edgesOf, edges }: Scene, from: number, step: 'need' | 'user'): number[] {
  const found = (edgesOf[from] ?? []).flatMap((at) => edges[at] ?? []);
  const side = found.filter(({ need, user }) => (step === 'need' ? user === from : need === from));
  // What follows from other edges only where there is nothing else.
  const told = side.filter(({ isImplied, isCut }) => !isImplied && !isCut);
  return (told.length > 0 ? told : side).map(({ need, user }) => (step === 'need' ? need : user));
}

function siblingsOf(scene: Scene, from: number, came: number): number[] {
  for (const step of ['need', 'user'] as const) {
    const others = linked(scene, came, step);
    if (others.includes(from)) return others;
  }
  return [];
}

function sameColumn({ xs }: Scene, from: number): number[] {
  return [...xs.keys()].filter((at) => xs[at] === xs[from]);
}

function nearest({ ys }: Scene, from: number, among: readonly number[]): number | undefined {
  const distance = (at: number) => Math.abs((ys[at] as number) - (ys[from] as number));
  return among.reduce<number | undefined>(
    (best, at) => (best === undefined || distance(at) < distance(best) ? at : best),
    undefined,
  );
}

function nextByHeight({ ys }: Scene, from: number, among: readonly number[], step: 'up' | 'down'): number | undefined {
  const here = ys[from] as number;
  const beyond = among.filter((at) => (step === 'up' ? (ys[at] as number) < here : (ys[at] as number) > here));
  return nearest({ ys } as Scene, from, beyond);
}
