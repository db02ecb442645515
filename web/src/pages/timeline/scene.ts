import type { PathLine } from './draw-path.ts';
import type { Layout } from './layout.ts';
import type { Palette } from './palette.ts';
import type { SeenPhases } from './phases.ts';
import type { Colouring } from './timeline-search.ts';
import type { Range } from './view-range.ts';

/** A moment that is marked over the whole height. */
export type Marker = { readonly at: number; readonly label: string; readonly colour: string };

/** All that the chart is drawn from. Pixels are those of the page; the chart begins below its axis. */
export type Scene = {
  readonly width: number;
  readonly height: number;
  readonly range: Range;
  readonly now: number;
  readonly layout: Layout;
  readonly scrollTop: number;
  readonly palette: Palette;
  readonly colouring: Colouring;
  readonly seen: SeenPhases;
  /** Times without any build, by section and drone. */
  readonly gaps: ReadonlyMap<string, readonly Range[]>;
  readonly path: { readonly keys: ReadonlySet<string>; readonly lines: readonly PathLine[] } | undefined;
  readonly markers: readonly Marker[];
  /** Bars under the pointer and the keys. */
  readonly marked: ReadonlySet<string>;
};

export const AXIS_PX = 26;
/** So wide a letter of the small font is, about. */
export const LETTER_PX = 6.1;

/** Pixels from the left. */
export function xOf(at: number, { range, width }: Pick<Scene, 'range' | 'width'>): number {
  return ((at - range.from) / (range.to - range.from)) * width;
}
