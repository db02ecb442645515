import type { Build } from '../../live/swarm-state.ts';

/** A phase of a build, from when on. Unix seconds. */
export type PhaseSpan = { readonly phase: string; readonly from: number };

/** By attempt, in their order; only what was seen. */
export type SeenPhases = ReadonlyMap<number, readonly PhaseSpan[]>;

/** So many builds are remembered; the page may be open for days. */
const KEPT = 2_000;

/** Takes note of the phases that running builds are in now: nobody else remembers when each began. */
export function withPhases(seen: SeenPhases, builds: ReadonlyMap<number, Build>, offset: number): SeenPhases {
  let next: Map<number, readonly PhaseSpan[]> | undefined;
  for (const { attempt, phase, heardAt } of builds.values()) {
    const spans = seen.get(attempt) ?? [];
    if (spans.at(-1)?.phase === phase) continue;
    next ??= new Map(seen);
    next.set(attempt, [...spans, { phase, from: heardAt / 1000 + offset }]);
  }
  if (next === undefined) return seen;
  for (const attempt of next.keys()) {
    if (next.size <= KEPT) break;
    next.delete(attempt);
  }
  return next;
}

/** Phases as they are told apart by colour, in their order. */
export const PHASE_GROUPS = [
  {
    label: 'fetch, dependencies',
    colour: 'var(--offline)',
    names: ['queued', 'fetch', 'dependencies', 'pretend', 'setup'],
  },
  { label: 'unpack, prepare', colour: 'var(--needed)', names: ['unpack', 'prepare'] },
  { label: 'configure', colour: 'var(--ready)', names: ['configure'] },
  { label: 'compile', colour: 'var(--delegated)', names: ['compile', 'build', 'building'] },
  { label: 'test', colour: 'var(--blocked)', names: ['test'] },
  { label: 'install, package, upload', colour: 'var(--received)', names: ['install', 'package', 'merge', 'upload'] },
] as const;

/** Of a phase that is not known, or of a build that is through with all of them. */
export const THROUGH = { label: 'through all, or not seen', colour: 'var(--line-strong)' } as const;

const COLOURS: ReadonlyMap<string, string> = new Map(
  PHASE_GROUPS.flatMap(({ names, colour }) => names.map((name) => [name, colour] as const)),
);

/** A colour of the theme. */
export function colourOfPhase(phase: string | null): string {
  return COLOURS.get(phase ?? '') ?? THROUGH.colour;
}
