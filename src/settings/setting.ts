import type { Kind } from './kinds.ts';

/** What a default may depend on. */
export type Place = {
  readonly env: NodeJS.ProcessEnv;
  readonly uid: number | undefined;
  readonly dataDir: string;
  /** Whether the data directory was chosen: then all that we write stays in it. */
  readonly isOwnDirectory: boolean;
};

/** Whose setting it is. `nobody`: the first version read it and never used it; nor do we. */
export type Reader = 'server' | 'client' | 'nobody';

/** One row of the table of settings. Its name is that of the environment variable. */
export type Setting<V> = {
  readonly kind: Kind<V>;
  readonly reader: Reader;
  /** The flag of `serve` that comes before everything else, such as `--port`. */
  readonly flag: string | null;
  readonly fallback: (place: Place) => V;
  /** The default as the reference says it, without its unit. */
  readonly fallbackWords: string;
  /** What it is for, and why the default is what it is. */
  readonly why: string;
  /** Never shown. */
  readonly isSecret: boolean;
};

type Row<T> = {
  readonly kind: Kind<T>;
  readonly why: string;
  readonly reader?: Reader;
  readonly flag?: string;
  readonly isSecret?: boolean;
};

/** A setting with a fixed default. */
export function setting<T>(row: Row<T> & { readonly fallback: NoInfer<T> }): Setting<T> {
  const words = row.kind.write(row.fallback);
  return { ...rest(row), kind: row.kind, fallback: () => row.fallback, fallbackWords: words === '' ? 'none' : words };
}

/** A setting whose default depends on where and as whom the program runs. */
export function settingByPlace<T>(
  row: Row<T> & { readonly fallback: (place: Place) => NoInfer<T>; readonly fallbackWords: string },
): Setting<T> {
  return { ...rest(row), kind: row.kind, fallback: row.fallback, fallbackWords: row.fallbackWords };
}

/** A setting that may be absent; `absence` says what happens then. */
export function optionalSetting<T>(
  row: Row<T> & {
    readonly absence: string;
    readonly fallback?: (place: Place) => NoInfer<T> | null;
    readonly fallbackWords?: string;
  },
): Setting<T | null> {
  const write = (value: T | null) => (value === null ? row.absence : row.kind.write(value));
  const fallback = row.fallback ?? (() => null);
  return { ...rest(row), kind: { ...row.kind, write }, fallback, fallbackWords: row.fallbackWords ?? row.absence };
}

function rest({
  why,
  reader = 'server',
  flag,
  isSecret = false,
}: Row<unknown>): Pick<Setting<unknown>, 'why' | 'reader' | 'flag' | 'isSecret'> {
  return { why, reader, flag: flag ?? null, isSecret };
}
