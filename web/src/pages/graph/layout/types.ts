import type { Order } from '../graph-search.ts';

/** How large a package is drawn, and how far from the next; in pixels at full size. */
export const BOX = { width: 176, height: 38, gapX: 56, gapY: 10 } as const;

/** What is to be laid out. Packages are numbers from 0; `needs[i]` is needed by `users[i]`. */
export type LayoutTask = {
  readonly order: Order;
  readonly size: number;
  readonly needs: Int32Array;
  readonly users: Int32Array;
  /** Packages that reach each other: they stay beside each other. */
  readonly circles: readonly (readonly number[])[];
  /** Kept in one line, as far as that goes. */
  readonly path: readonly number[];
};

export type Frame = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** Where everything is. */
export type LayoutResult = {
  /** Upper left corner of each package. */
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  /** For each edge 1 where it follows from others: the same is reached another way. */
  readonly isImplied: Uint8Array;
  /** Around each circle. */
  readonly frames: readonly Frame[];
  /** Of each level its left edge and its width; empty where there are none. */
  readonly levels: readonly { readonly x: number; readonly width: number; readonly packages: number }[];
  readonly width: number;
  readonly height: number;
};
