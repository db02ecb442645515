import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { SwarmError } from '../core/errors.ts';
import { nearest } from './nearest.ts';
import { keyOf, SETTING_NAMES, type SettingName } from './table.ts';

/** What a configuration file says. */
export type ConfigFile = {
  readonly path: string;
  /** Relative paths in it are relative to this. */
  readonly directory: string;
  readonly texts: Partial<Record<SettingName, string>>;
  /** Sentences about what is wrong in it. */
  readonly problems: readonly string[];
};

export type WhereToLook = {
  /** What `--config` says. */
  readonly flag: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly uid: number | undefined;
};

const SYSTEM_FILE = '/etc/build-swarm/build-swarm.json';
const MAX_BYTES = 1024 * 1024;

/**
 * The configuration file: the one of `--config`, else of SWARM_CONFIG, else the first that is there of the
 * usual places. `off` for one of the former reads none. Undefined when there is none.
 * @throws SwarmError BAD_SETTING when a file that was named, or that is there, cannot be read or is not JSON
 */
export function readConfigFile({ flag, env, uid }: WhereToLook): ConfigFile | undefined {
  const named = flag || env['SWARM_CONFIG'];
  if (named === 'off') return undefined;
  if (named) return parse(resolve(named), read(resolve(named), flag ? '--config' : 'SWARM_CONFIG'));
  const found = usualPlaces(env, uid).find(isThere);
  return found === undefined ? undefined : parse(found, read(found, 'the configuration file'));
}

/** Where a configuration file is looked for when none is named, the first that is there wins. */
function usualPlaces(env: NodeJS.ProcessEnv, uid: number | undefined): string[] {
  if (uid === 0) return [SYSTEM_FILE];
  const chosen = env['XDG_CONFIG_HOME'];
  // The specification tells us to ignore a path that is not absolute.
  const base = chosen !== undefined && isAbsolute(chosen) ? chosen : join(env['HOME'] || homedir(), '.config');
  return [join(base, 'build-swarm', 'build-swarm.json'), SYSTEM_FILE];
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function read(path: string, who: string): string {
  try {
    const facts = statSync(path);
    // A pipe would be waited for, a device never ends.
    if (!facts.isFile()) throw new Error('it is not a file');
    if (facts.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SwarmError('BAD_SETTING', `${who}: ${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function parse(path: string, text: string): ConfigFile {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new SwarmError('BAD_SETTING', `${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new SwarmError('BAD_SETTING', `${path} must hold an object, such as {"node_timeout": 60}`);
  }
  return { path, directory: dirname(path), ...sort(content, path) };
}

const NAME_BY_KEY = new Map(SETTING_NAMES.map((name) => [keyOf(name), name]));

/** Keys that begin with two slashes are remarks: JSON has no other. */
function sort(content: object, path: string): Pick<ConfigFile, 'texts' | 'problems'> {
  const texts: Partial<Record<SettingName, string>> = {};
  const problems: string[] = [];
  for (const [key, value] of Object.entries(content)) {
    if (key.startsWith('//')) continue;
    const name = NAME_BY_KEY.get(key);
    const text = textOf(value);
    if (name === undefined) problems.push(unknownKey(key, path));
    else if (text === undefined) problems.push(`${key} must be a text, a number, true or false (from ${path})`);
    else texts[name] = text;
  }
  return { texts, problems };
}

function unknownKey(key: string, path: string): string {
  const known = nearest(key, [...NAME_BY_KEY.keys()]);
  return `${JSON.stringify(key.slice(0, 64))} is no setting; did you mean ${JSON.stringify(known)}? (from ${path})`;
}

/** As the same value would stand in the environment. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(',');
  return undefined;
}
