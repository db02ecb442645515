import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../core/errors.ts';
import { TAG_MEANINGS } from './chapters.ts';
import type { Access, Endpoint } from './endpoint.ts';
import { errorsOf } from './endpoint-errors.ts';
import { explain } from './field-meanings.ts';
import { type JsonSchema, simplified } from './json-schema.ts';

type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
  readonly example?: unknown;
};

type Media = { readonly schema: JsonSchema; readonly example?: unknown };
type Content = Readonly<Record<string, Media>>;

/** One method of one path, as OpenAPI writes it. */
export type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly 'x-access': Access;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
};

export type OpenApi = {
  readonly openapi: '3.1.0';
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, unknown>>;
};

const DESCRIPTION =
  'Names, units and shapes are those of Build Swarm 3.1: times are Unix seconds, durations seconds, percentages 0 to 100. ' +
  'Unknown parameters and fields are ignored, and replies may get further fields. Every error is `{"error": "…"}`, a sentence that names the field. ' +
  'Any request may also be answered 429 after too many failed logins, 503 while the database cannot be used, and 507 while its disk is full.';

const ERROR_REPLY: JsonSchema = {
  type: 'object',
  properties: { error: { type: 'string', description: 'What is wrong, naming the field.' } },
  required: ['error'],
};

/** The whole table of endpoints as an OpenAPI 3.1 document. */
export function openApi(table: Readonly<Record<string, Endpoint>>, version: string): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [name, endpoint] of Object.entries(table)) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(name, endpoint) };
  }
  const used = new Set(Object.values(table).map((each) => each.tag));
  return {
    openapi: '3.1.0',
    info: { title: 'Build Swarm', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    tags: Object.entries(TAG_MEANINGS).flatMap(([tag, description]) =>
      used.has(tag as Endpoint['tag']) ? [{ name: tag, description }] : [],
    ),
    paths,
    components: {
      schemas: { Error: ERROR_REPLY },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token, as `build-swarmv3 token create` makes it.' },
        adminKey: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Admin-Key',
          description: 'The same token, for older clients.',
        },
      },
    },
  };
}

function operationOf(name: string, endpoint: Endpoint): Operation {
  const { query, params, example } = endpoint;
  return {
    operationId: name,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    'x-access': endpoint.access,
    security: securityOf(endpoint),
    parameters: [
      ...parametersOf(name, 'path', params, example?.params),
      ...parametersOf(name, 'query', query, example?.query),
    ],
    ...requestBodyOf(name, endpoint),
    responses: { 200: replyOf(name, endpoint), ...problemsOf(endpoint) },
  };
}

function securityOf({ access }: Endpoint): Operation['security'] {
  if (access === 'open') return [];
  const token = [{ bearer: [] }, { adminKey: [] }];
  return access === 'viewer' ? [{}, ...token] : token;
}

function parametersOf(
  name: string,
  place: 'path' | 'query',
  schema: z.ZodType | undefined,
  examples: unknown,
): Parameter[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchemaOf(schema, name, 'input');
  const given = (examples ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(properties).map(([parameter, { description, ...rest }]) => ({
    name: parameter,
    in: place,
    required: place === 'path' || required.includes(parameter),
    ...(description !== undefined && { description }),
    schema: rest,
    ...(parameter in given && { example: given[parameter] }),
  }));
}

function requestBodyOf(name: string, endpoint: Endpoint): Pick<Operation, 'requestBody'> {
  if (endpoint.raw === 'body') {
    const schema: JsonSchema = { type: 'string', contentEncoding: 'binary' };
    return { requestBody: { required: true, content: { 'application/octet-stream': { schema } } } };
  }
  if (endpoint.body === undefined) return {};
  const media = mediaOf(jsonSchemaOf(endpoint.body, name, 'input'), endpoint.example?.body);
  const types = new Set(['application/json', endpoint.mediaType ?? 'application/json']);
  return { requestBody: { required: true, content: Object.fromEntries([...types].map((type) => [type, media])) } };
}

function replyOf(name: string, endpoint: Endpoint): Operation['responses'][string] {
  if (endpoint.raw === 'reply') {
    const type = endpoint.replyMediaType ?? 'application/octet-stream';
    return { description: 'The bytes.', content: { [type]: { schema: { type: 'string' } } } };
  }
  const media = mediaOf(jsonSchemaOf(endpoint.reply, name, 'output'), endpoint.example?.reply);
  return { description: 'The answer.', content: { 'application/json': media } };
}

function mediaOf(schema: JsonSchema, example: unknown): Media {
  return { schema, ...(example !== undefined && { example }) };
}

function problemsOf(endpoint: Endpoint): Operation['responses'] {
  const codes = errorsOf(endpoint);
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  const statuses = [...new Set(codes.map((code) => ERRORS[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const description = codes
        .filter((code) => ERRORS[code].status === status)
        .map(adviceOf)
        .join(' ');
      return [String(status), { description, content }];
    }),
  );
}

function adviceOf(code: ErrorCode): string {
  return `${code}: ${ERRORS[code].advice}`;
}

function jsonSchemaOf(schema: z.ZodType, name: string, io: 'input' | 'output'): JsonSchema {
  const raw = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' }) as JsonSchema;
  return explain(simplified(raw), name);
}
