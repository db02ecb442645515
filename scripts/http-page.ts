import { ACCESS_MEANINGS } from '../src/contract/chapters.ts';
import { type Field, fieldsOf } from '../src/contract/fields.ts';
import type { JsonSchema } from '../src/contract/json-schema.ts';
import type { OpenApi, Operation } from '../src/contract/openapi.ts';

type Row = { readonly method: string; readonly path: string; readonly operation: Operation };

/** General rules that hold for every endpoint; what they say is tested in test/unit/http-rules.test.ts. */
const RULES = [
  '- Paths are case-sensitive; trailing and doubled slashes do not matter. Query strings are decoded like forms; of a repeated parameter the first that is not empty counts, unknown ones are ignored.',
  '- `HEAD` is answered wherever `GET` is, but not where `GET` hands something out or never ends. What a path does not know, whichever the method, is `404 {"error": "Not found"}`; there is no 405 and no 501.',
  '- Bodies are JSON objects in UTF-8, whatever their content type says, with a length or chunked, of at most 1 MiB (64 MiB for plans, sent as `application/vnd.build-swarm.plan+json`) and 64 levels. What is larger is answered 413 and the connection is closed. No body at all is the empty object.',
  '- A body that has not arrived after 30 seconds is answered 408, headers after 20; headers and address may have 32 KiB together (431). A connection is closed after 75 seconds without a request, or when nothing moves on it for 120.',
  '- Replies are never cached. Numbers that JSON cannot write are `null`.',
  '- Pages of other sites are kept out unless their origin is allowed in the settings (CORS). `OPTIONS` is answered 204 at once on every path.',
];

/** The reference of the HTTP interface, endpoint by endpoint. */
export function httpLines(document: OpenApi): string[] {
  const rows = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Row => ({ method: method.toUpperCase(), path, operation })),
  );
  return [
    '## Rules for all',
    '',
    ...RULES,
    '',
    '| who | |',
    '|---|---|',
    ...Object.entries(ACCESS_MEANINGS).map(([access, meaning]) => `| ${access} | ${meaning} |`),
    '',
    '## Endpoints',
    '',
    '| method | path | who | |',
    '|---|---|---|---|',
    ...rows.map(
      ({ method, path, operation }) =>
        `| ${method} | [\`${path}\`](#op-${operation.operationId}) | ${operation['x-access']} | ${cell(operation.summary)} |`,
    ),
    ...document.tags.flatMap(({ name, description }) => [
      '',
      `## ${name[0]?.toUpperCase()}${name.slice(1)}`,
      '',
      description,
      ...rows.filter(({ operation }) => operation.tags.includes(name)).flatMap(endpointLines),
    ]),
  ];
}

function endpointLines({ method, path, operation }: Row): string[] {
  const { operationId, summary, parameters, requestBody, responses } = operation;
  const [bodyType, body] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const [replyType, reply] = Object.entries(responses['200']?.content ?? {})[0] ?? [];
  const problems = Object.entries(responses).filter(([status]) => status !== '200');
  return [
    '',
    // Chapters may have the same names.
    `### <a id="op-${operationId}"></a>${operationId}`,
    '',
    `\`${method} ${path}\` · ${operation['x-access']}`,
    '',
    summary,
    ...fieldLines('Parameters', parameters.flatMap(parameterField), 'request'),
    ...(body === undefined ? [] : contentLines('Body', bodyType, body.schema, 'request')),
    ...(reply === undefined ? [] : contentLines('Reply', replyType, reply.schema, 'reply')),
    ...(reply?.example === undefined
      ? []
      : ['', '```json', ...JSON.stringify(reply.example, null, 2).split('\n'), '```']),
    ...(problems.length === 0
      ? []
      : [
          '',
          `Errors: ${problems.map(([status, { description }]) => `${status} (${codesIn(description)})`).join(', ')}.`,
        ]),
  ];
}

function parameterField({ name, schema, description = '', required }: Operation['parameters'][number]): Field[] {
  return [
    ...fieldsOf({ properties: { [name]: { ...schema, description } }, required: required ? [name] : [] }).slice(0, 1),
  ];
}

function contentLines(
  title: string,
  type: string | undefined,
  schema: JsonSchema,
  what: 'request' | 'reply',
): string[] {
  const fields = fieldsOf(schema);
  const media = type === undefined || type.startsWith('application/json') ? '' : ` (\`${type}\`)`;
  return fields.length === 0 && media === '' ? [] : fieldLines(`${title}${media}`, fields, what);
}

function fieldLines(title: string, fields: readonly Field[], what: 'request' | 'reply'): string[] {
  if (fields.length === 0) return title.includes('(') ? ['', title] : [];
  const rows = fields.map((field) => {
    const presence = what === 'reply' ? (field.isRequired ? '' : 'may be absent') : field.isRequired ? 'required' : '';
    const fallback = field.fallback === undefined ? '' : `default \`${field.fallback}\``;
    const notes = [presence, field.limits, fallback].filter((each) => each !== '').join('; ');
    return `| \`${field.path}\` | ${field.type} | ${cell(notes)} | ${cell(field.description)} |`;
  });
  return ['', `| ${title} | type | limits | |`, '|---|---|---|---|', ...rows];
}

/** The codes of `CODE: advice. CODE: advice.`; the advice is on the page of errors. */
function codesIn(description: string): string {
  return (description.match(/\b[A-Z][A-Z_]+(?=:)/g) ?? []).join(', ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
