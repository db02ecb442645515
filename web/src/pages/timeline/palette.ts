import { colourOf } from '../../ui/theme-colours.ts';
import { OUTCOMES } from './outcomes.ts';
import { PHASE_GROUPS, THROUGH } from './phases.ts';

/** The colours of the theme as a canvas takes them. */
export type Palette = {
  readonly of: (token: string) => string;
  readonly font: string;
  readonly small: string;
};

const TOKENS = [
  ...Object.values(OUTCOMES).map(({ colour }) => colour),
  ...PHASE_GROUPS.map(({ colour }) => colour),
  THROUGH.colour,
  ...['--text', '--text-2', '--text-3', '--line', '--line-strong', '--surface', '--sunken', '--bg', '--accent'].map(
    (name) => `var(${name})`,
  ),
  'var(--on-accent)',
];

/** Read once for each version of the theme: to ask for a style while drawing would take longer than the drawing. */
export function readPalette(_theme: number): Palette {
  const colours = new Map(TOKENS.map((token) => [token, colourOf(token)]));
  const family = colourOf('var(--font)');
  return { of: (token) => colours.get(token) ?? token, font: `500 11px ${family}`, small: `11px ${family}` };
}
