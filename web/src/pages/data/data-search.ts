/** The query that the address has in it. */
export type DataSearch = { readonly q?: string | undefined };

/** Longer ones are not put into addresses. */
export const LONGEST_IN_ADDRESS = 4_000;

/** Reads an address that anybody may have written. */
export function dataSearch({ q }: Record<string, unknown>): DataSearch {
  return typeof q === 'string' && q !== '' ? { q: q.slice(0, LONGEST_IN_ADDRESS) } : {};
}
