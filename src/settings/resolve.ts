import { SwarmError } from '../core/errors.ts';
import { dataDir } from '../platform/paths.ts';
import { type ConfigFile, readConfigFile } from './config-file.ts';
import type { Place, Reader, Setting } from './setting.ts';
import { keyOf, SETTING_NAMES, SETTINGS, type SettingName, type Values } from './table.ts';

/** Everything that settings come from. */
export type Origins = {
  /** Flags by their names, such as `--port`; those that were not given are undefined. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly env: NodeJS.ProcessEnv;
  readonly uid: number | undefined;
};

/** Where a value came from. */
export type Source =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'default' };

/** A value that cannot be used, or a key that is none. `reader` is whose setting it is; null for a key. */
export type Problem = { readonly reader: Reader | null; readonly sentence: string };

export type Resolved = {
  /** What is wrong has its default here. */
  readonly values: Values;
  readonly sources: Readonly<Record<SettingName, Source>>;
  /** The configuration file that was read. */
  readonly file: string | null;
  readonly problems: readonly Problem[];
};

/**
 * Every setting: a flag wins over the environment, that over the configuration file, that over the default.
 * Empty texts count as absent.
 * @throws SwarmError BAD_SETTING when the configuration file cannot be read at all
 */
export function resolveSettings(origins: Origins): Resolved {
  const file = readConfigFile({ flag: origins.flags['--config'], env: origins.env, uid: origins.uid });
  const problems: Problem[] = (file?.problems ?? []).map((sentence) => ({ reader: null, sentence }));
  const values: Partial<Record<SettingName, unknown>> = {};
  const sources: Partial<Record<SettingName, Source>> = {};
  const place = placeOf(origins, file);
  for (const name of SETTING_NAMES) {
    const read = readOne(name, givenFor(name, origins, file), place);
    if (read.problem !== undefined) problems.push({ reader: SETTINGS[name].reader, sentence: read.problem });
    values[name] = read.value;
    sources[name] = read.source;
  }
  // The loop has gone through all names, and each value is of its own row.
  return { values: values as Values, sources: sources as Resolved['sources'], file: file?.path ?? null, problems };
}

/** Throws BAD_SETTING with all problems of these readers' settings, if there are any. */
export function assertUsable({ problems }: Resolved, readers: readonly Reader[]): void {
  const mine = problems.filter(({ reader }) => reader === null || readers.includes(reader));
  if (mine.length === 0) return;
  throw new SwarmError('BAD_SETTING', mine.map(({ sentence }) => sentence).join('\n       '));
}

/** Where a value came from, as people say it. */
export function sourceText(source: Source): string {
  switch (source.kind) {
    case 'flag':
      return `flag ${source.name}`;
    case 'environment':
      return `environment ${source.name}`;
    case 'file':
      return `file ${source.path}`;
    case 'default':
      return 'default';
  }
}

type Given = { readonly text: string; readonly source: Source; readonly base: string };

function givenFor(name: SettingName, { flags, env }: Origins, file: ConfigFile | undefined): Given | undefined {
  const { flag } = SETTINGS[name];
  const flagText = flag === null ? undefined : flags[flag]?.trim();
  if (flag !== null && flagText) return { text: flagText, source: { kind: 'flag', name: flag }, base: '.' };
  const envText = env[name]?.trim();
  if (envText) return { text: envText, source: { kind: 'environment', name }, base: '.' };
  const fileText = file?.texts[name]?.trim();
  if (!file || !fileText) return undefined;
  return { text: fileText, source: { kind: 'file', path: file.path }, base: file.directory };
}

type ReadOne = { readonly value: unknown; readonly source: Source; readonly problem?: string };

function readOne(name: SettingName, given: Given | undefined, place: Place): ReadOne {
  // One row at a time; which type its value has is not asked here.
  const row = SETTINGS[name] as Setting<unknown>;
  const fallback = () => ({ value: row.fallback(place), source: { kind: 'default' } }) as const;
  if (given === undefined) return fallback();
  const value = row.kind.parse(given.text, given.base);
  if (value !== undefined) return { value, source: given.source };
  return { ...fallback(), problem: refusal(name, given, row) };
}

/** `--port must be a whole number from 0 to 65535, not "http" (from the command line)` */
function refusal(name: SettingName, { text, source }: Given, { kind, isSecret }: Setting<unknown>): string {
  const shown = isSecret ? 'what was given' : JSON.stringify(text.slice(0, 200));
  switch (source.kind) {
    case 'flag':
      return `${source.name} must be ${kind.range}, not ${shown} (from the command line)`;
    case 'environment':
      return `${name} must be ${kind.range}, not ${shown} (from the environment)`;
    case 'file':
      return `${keyOf(name)} must be ${kind.range}, not ${shown} (from ${source.path})`;
    case 'default':
      return `${name} must be ${kind.range}`;
  }
}

function placeOf(origins: Origins, file: ConfigFile | undefined): Place {
  const { env, uid } = origins;
  const given = givenFor('SWARM_DATA_DIR', origins, file);
  const chosen = given && SETTINGS.SWARM_DATA_DIR.kind.parse(given.text, given.base);
  return { env, uid, dataDir: chosen ?? dataDir(env, uid), isOwnDirectory: chosen !== undefined };
}
