import type { JsonSchema } from '../../contract/json-schema.ts';
import type { Operation } from '../../contract/openapi.ts';

/** Stands for the address of the server until the page knows its own. */
export const SERVER = 'http://localhost:8100';

/** Values that make sense for parameters of these names, where an endpoint gives no example. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  id: 'drone-a',
  attempt: 17,
  package: '=app-misc/jq-1.7.1',
  name: 'drone-a',
  ip: '192.0.2.21',
  q: 'SELECT name, status FROM nodes',
  sha256: '0'.repeat(64),
};

/** A command that calls the endpoint; what is optional is left out. */
export function curlOf(method: string, path: string, operation: Operation): string {
  const words = ['curl'];
  if (method !== 'GET') words.push('-X', method);
  if (needsToken(operation)) words.push('-H', '"Authorization: Bearer $SWARM_TOKEN"');
  words.push(quoted(SERVER + addressOf(path, operation)));
  return `${words.join(' ')}${bodyOf(operation)}`;
}

function needsToken({ security }: Operation): boolean {
  return security.length > 0 && security.every((each) => Object.keys(each).length > 0);
}

function addressOf(path: string, { parameters }: Operation): string {
  const query = new URLSearchParams();
  let filled = path;
  for (const { name, in: place, required, schema, example } of parameters) {
    if (!required && example === undefined) continue;
    const value = String(example ?? sampleOf(name, schema));
    if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(value));
    else query.set(name, value);
  }
  return query.size === 0 ? filled : `${filled}?${query.toString()}`;
}

function bodyOf({ requestBody }: Operation): string {
  if (requestBody === undefined) return '';
  const json = requestBody.content['application/json'];
  if (json === undefined) return ' \\\n  --data-binary @FILE';
  return ` \\\n  -H 'Content-Type: application/json' \\\n  -d ${quoted(JSON.stringify(json.example ?? objectOf(json.schema)))}`;
}

function objectOf({ properties = {}, required = [] }: JsonSchema): Readonly<Record<string, unknown>> {
  return Object.fromEntries(required.map((name) => [name, sampleOf(name, properties[name] ?? {})]));
}

function sampleOf(name: string, schema: JsonSchema): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.enum?.[0] !== undefined) return schema.enum[0];
  if (schema.type === 'integer' || schema.type === 'number') return SAMPLES[name] ?? schema.minimum ?? 0;
  if (schema.type === 'boolean') return true;
  if (schema.type === 'array') return [];
  if (schema.type === 'object') return objectOf(schema);
  return SAMPLES[name] ?? name;
}

/** A word for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
