import type { SwarmConfig } from '../../app/swarm-config.ts';
import { normaliseAtom } from '../../portage/normalise-atom.ts';

/** So many problems are told of each part; a file that is wrong throughout says no more with all of them. */
const MAX_PROBLEMS = 20;

/**
 * The text of a `swarm.json`. What is right in it counts; what is wrong is left out and told. Keys of the
 * predecessor that we do not know are no problem.
 * @throws Error when it is no JSON object at all
 */
export function parseSwarmConfig(text: string, path: string): SwarmConfig {
  const content = parseObject(text);
  const problems: string[] = [];
  const found = { content, problems, path };
  const dronePortageConfig = objectAt('drone_portage_config', found);
  const exclusions = atomsOf(objectAt('package_exclusions', found)['packages'], 'package_exclusions.packages', found);
  const sweepers = Object.entries(objectAt('sweeper_packages', found));
  const sweeperPackages = sweepers.map(
    ([name, atoms]) => [name, atomsOf(atoms, `sweeper_packages.${name.slice(0, 64)}`, found)] as const,
  );
  return { dronePortageConfig, exclusions, sweeperPackages: Object.fromEntries(sweeperPackages), problems };
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(text: string): JsonObject {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new Error(`is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (!isObject(content)) throw new Error(`must hold an object, not ${kindOf(content)}`);
  return content;
}

type Found = { readonly content: JsonObject; readonly problems: string[]; readonly path: string };

function objectAt(key: string, { content, problems, path }: Found): JsonObject {
  const { [key]: value } = content;
  if (value === undefined) return {};
  const problem = isObject(value) ? nestingProblem(value) : `must be an object, not ${kindOf(value)}`;
  if (isObject(value) && problem === undefined) return value;
  problems.push(`${path}: ${key} ${problem}`);
  return {};
}

/** Deeper than any answer could be written. */
function nestingProblem(value: JsonObject): string | undefined {
  try {
    JSON.stringify(value);
    return undefined;
  } catch {
    return 'is nested too deeply';
  }
}

function atomsOf(value: unknown, key: string, { problems, path }: Found): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    problems.push(`${path}: ${key} must be a list, not ${kindOf(value)}`);
    return [];
  }
  const read = value.map(atomOf);
  const wrong = read.flatMap((each) => ('problem' in each ? [`${path}: ${key}: ${each.problem}`] : []));
  problems.push(...wrong.slice(0, MAX_PROBLEMS));
  if (wrong.length > MAX_PROBLEMS) problems.push(`${path}: ${key} has ${wrong.length - MAX_PROBLEMS} more problems`);
  return read.flatMap((each) => ('ok' in each ? [each.ok] : []));
}

function atomOf(value: unknown): { readonly ok: string } | { readonly problem: string } {
  return typeof value === 'string' ? normaliseAtom(value.trim()) : { problem: `${kindOf(value)} is no package.` };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
