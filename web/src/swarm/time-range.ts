export const RANGES = ['1h', '6h', '24h'] as const;

/** How far back curves go. */
export type TimeRange = (typeof RANGES)[number];

/** What addresses say of it; the hour that is usual is left out. */
export type RangeSearch = { readonly range?: Exclude<TimeRange, '1h'> | undefined };

/** Reads an address that anybody may have written. */
export function rangeSearch({ range }: Record<string, unknown>): RangeSearch {
  return range === '6h' || range === '24h' ? { range } : {};
}

/** In hours. */
export function hoursOf(range: TimeRange): number {
  return Number.parseInt(range, 10);
}
