import type { Size } from './geometry.ts';

/** How much room there is for each drone, and so what is said of it. */
export type Tier = Size & {
  readonly name: 'large' | 'medium' | 'small' | 'tiny';
  readonly gapX: number;
  readonly gapY: number;
};

/** The most room first. */
export const TIERS = [
  { name: 'large', width: 184, height: 80, gapX: 18, gapY: 14 },
  { name: 'medium', width: 128, height: 48, gapX: 14, gapY: 10 },
  { name: 'small', width: 92, height: 30, gapX: 12, gapY: 8 },
  { name: 'tiny', width: 62, height: 22, gapX: 10, gapY: 6 },
] as const satisfies readonly Tier[];
