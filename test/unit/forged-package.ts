import { FORGED_KEYS, forgeGpkg } from '../portage/forge.ts';

/** A well-formed package of `app-misc/NAME-1`, as `planOf` plans it. */
export function packageOf(name: string, keys: Readonly<Record<string, string>> = {}): Promise<Buffer> {
  return forgeGpkg({ directory: `${name}-1-1`, keys: { ...FORGED_KEYS, PF: `${name}-1`, ...keys } });
}
