import type { BarState } from './bars.ts';

type Outcome = { readonly label: string; readonly colour: string };

/** What became of a build: its word, and its colour in the theme. */
export const OUTCOMES: Readonly<Record<BarState, Outcome>> = {
  running: { label: 'building', colour: 'var(--delegated)' },
  received: { label: 'built', colour: 'var(--received)' },
  failed: { label: 'failed', colour: 'var(--failed)' },
  returned: { label: 'given back', colour: 'var(--needed)' },
  reclaimed: { label: 'taken back', colour: 'var(--blocked)' },
  planned: { label: 'foreseen', colour: 'var(--ready)' },
  simulated: { label: 'simulated', colour: 'var(--ready)' },
};
