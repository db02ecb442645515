import { parseCpv } from '../../portage/cpv.ts';

/**
 * Rows `q` of the queue whose package is called so: as the queue names it (`@name`), with its version, or with none.
 * Each alternative is found by an index; the last takes longer names too, which `isCalled` tells apart.
 */
export const CALLED = `(q.package = @name OR q.package = '=' || @name OR q.cpv = @name OR q.cpv = ltrim(@name, '=')
  OR (q.package >= '=' || @name || '-' AND q.package < '=' || @name || '.')
  OR (q.cpv >= @name || '-' AND q.cpv < @name || '.'))`;

/** Whether a package that was found by `CALLED` is really meant: `dev-libs/a` means `dev-libs/a-1` and not `dev-libs/a-b-1`. */
export function isCalled(name: string, queued: { readonly package: string; readonly cpv: string | null }): boolean {
  const bare = name.replace(/^=/, '');
  const names = [queued.package.replace(/^=/, ''), ...(queued.cpv === null ? [] : [queued.cpv])];
  return names.some((each) => each === bare || (name === bare && parseCpv(each)?.cp === bare));
}
