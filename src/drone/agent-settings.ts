import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DroneId, DroneName } from '../contract/vocabulary.ts';
import { SwarmError } from '../core/errors.ts';

/** What the agent's owner has decided: flag before environment before file before default. */
export type AgentSettings = {
  /** Undefined where it is to be looked for. */
  readonly url: string | undefined;
  /** Where it is looked for, after this machine. */
  readonly knownHosts: readonly string[];
  /** Whether whoever announces himself on the local network is believed: he decides what is built here. */
  readonly useDnsSd: boolean;
  readonly name: string;
  readonly id: string | undefined;
  /** Directory of a Portage prefix; the system itself where there is none. */
  readonly prefix: string | undefined;
  readonly stateDir: string | undefined;
  readonly slots: number;
  readonly heartbeatMs: number;
  /** The drone's credential; undefined where it has one from its enrolment, and where none is asked for. */
  readonly token: string | undefined;
  /** Shown once, for a credential that is kept in the state directory. */
  readonly joinToken: string | undefined;
};

/** Where a drone is configured unless told otherwise. */
export const DEFAULT_CONFIG_FILE = '/etc/build-swarm/drone.conf';

/** The control plane shows a drone offline after 30 s of silence; files of the first version say 30. */
const MAX_HEARTBEAT_S = 20;

/** Each setting: its flag, and its name in the environment and in the file. */
const KEYS = {
  url: 'GATEWAY_URL',
  'known-hosts': 'SWARM_KNOWN_HOSTS',
  'dns-sd': 'SWARM_DNS_SD',
  name: 'NODE_NAME',
  id: 'DRONE_ID',
  prefix: 'DRONE_PREFIX',
  state: 'DRONE_STATE',
  slots: 'DRONE_SLOTS',
  heartbeat: 'HEARTBEAT_INTERVAL',
  'token-file': 'DRONE_TOKEN_FILE',
  'join-token': 'SWARM_JOIN_TOKEN',
} as const;

type Key = keyof typeof KEYS;

const Settings = z.object({
  url: z.string().refine(isHttpUrl, 'must be an address such as http://10.0.0.5:8100').optional(),
  'known-hosts': z.string().default(''),
  'dns-sd': z.enum(['on', 'off'], 'must be on or off').default('off'),
  name: DroneName,
  id: DroneId.optional(),
  prefix: z.string().optional(),
  state: z.string().optional(),
  slots: numberFrom(1, 64, /^\d+$/).default(1),
  heartbeat: numberFrom(0.2, 3600, /^\d+(\.\d+)?$/).default(10),
  'token-file': z.string().optional(),
  'join-token': z.string().optional(),
});

/**
 * Read the settings of an agent that was started with `args`.
 * @throws SwarmError BAD_SETTING with the setting, where it came from and what it may be
 */
export async function readAgentSettings(args: readonly string[], env: NodeJS.ProcessEnv): Promise<AgentSettings> {
  const flags = flagsIn(args);
  const file = await fileAt(flags['config'] ?? env['DRONE_CONFIG']);
  const sources = Object.entries(KEYS).map(([key, name]) => [key, sourceOf({ key, name, flags, env, file })] as const);
  const found = new Map(sources.flatMap(([key, source]) => (source === undefined ? [] : [[key as Key, source]])));
  const parsed = Settings.safeParse(Object.fromEntries([...found].map(([key, { value }]) => [key, value])));
  if (!parsed.success) throw refusal(parsed.error, found);
  // Whatever a build runs would see it there.
  delete env[KEYS['join-token']];
  const { url, name, id, prefix, state, slots, heartbeat } = parsed.data;
  return {
    url: url?.replace(/\/+$/, ''),
    knownHosts: parsed.data['known-hosts'].split(/[\s,]+/).filter((host) => host !== ''),
    useDnsSd: parsed.data['dns-sd'] === 'on',
    name,
    id,
    prefix: prefix === undefined ? undefined : resolve(prefix),
    stateDir: state === undefined ? undefined : resolve(state),
    slots,
    heartbeatMs: Math.min(heartbeat, MAX_HEARTBEAT_S) * 1000,
    token: await tokenIn(parsed.data['token-file']),
    joinToken: parsed.data['join-token'],
  };
}

/**
 * The settings in the text of a configuration file: lines `KEY="value"`, as shells write them, of which
 * none is ever run. Blank lines and comments are skipped.
 * @throws SwarmError BAD_SETTING for any other line
 */
export function parseConfig(text: string, path: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, key, double, single, plain] =
      /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)=(?:"([^"\\$`]*)"|'([^']*)'|([^\s"'\\$`;&|<>()]*))\s*(?:#.*)?$/.exec(line) ??
      [];
    const value = double ?? single ?? plain;
    if (key === undefined || value === undefined) {
      throw new SwarmError('BAD_SETTING', `${path}:${index + 1}: is not a line KEY="value"`);
    }
    settings.set(key, value);
  }
  return settings;
}

type Source = { readonly value: string; readonly from: string };
type Sources = {
  readonly key: string;
  readonly name: string;
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly env: NodeJS.ProcessEnv;
  readonly file: { readonly path: string; readonly settings: ReadonlyMap<string, string> };
};

/** An empty value counts as none. */
function sourceOf({ key, name, flags, env, file }: Sources): Source | undefined {
  const candidates = [
    { value: flags[key], from: `--${key}` },
    { value: env[name], from: name },
    { value: file.settings.get(name), from: `${name} in ${file.path}` },
  ];
  return candidates.find((one): one is Source => one.value !== undefined && one.value !== '');
}

function flagsIn(args: readonly string[]): Record<string, string | undefined> {
  const options = Object.fromEntries(['config', ...Object.keys(KEYS)].map((key) => [key, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw new SwarmError('BAD_SETTING', messageOf(cause), { cause });
  }
}

/** The default file may be missing; one that was named may not. */
async function fileAt(named: string | undefined): Promise<Sources['file']> {
  const path = named === undefined || named === '' ? DEFAULT_CONFIG_FILE : resolve(named);
  try {
    return { path, settings: parseConfig(await readFile(path, 'utf8'), path) };
  } catch (cause) {
    if (cause instanceof SwarmError) throw cause;
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && path === DEFAULT_CONFIG_FILE) return { path, settings: new Map() };
    throw new SwarmError('BAD_SETTING', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function tokenIn(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SwarmError('BAD_SETTING', `the credential ${path} cannot be read: ${messageOf(cause)}`, { cause });
  });
  return text.trim() === '' ? undefined : text.trim();
}

function refusal(error: z.ZodError, found: ReadonlyMap<Key, Source>): SwarmError {
  const { path, message } = error.issues[0] ?? { path: [], message: 'cannot be used' };
  const key = String(path[0]) as Key; // The schema has exactly these.
  const source = found.get(key);
  const sentence =
    source === undefined
      ? `--${key} is missing: give it, or ${KEYS[key]} in ${DEFAULT_CONFIG_FILE} or another file named by --config`
      : `${source.from} ${message}, not ${JSON.stringify(source.value)}`;
  return new SwarmError('BAD_SETTING', sentence, { cause: error });
}

function numberFrom(min: number, max: number, pattern: RegExp): z.ZodType<number, string> {
  const range = `must be a number from ${min} to ${max}`;
  return z
    .string()
    .regex(pattern, range)
    .transform(Number)
    .refine((value) => value >= min && value <= max, range);
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
