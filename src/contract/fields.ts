import type { JsonSchema } from './json-schema.ts';

/** A field of a request or a reply as a row of a table: what a reader wants to know, in words. */
export type Field = {
  /** `history[].id`; `drones.*.name` where the names of the middle are not fixed. */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** `1 to 60`, `at most 500 characters`, `one of …`; empty when there are none. */
  readonly limits: string;
  /** As JSON; undefined when there is none. */
  readonly fallback: string | undefined;
  readonly description: string;
};

/** The fields of a schema, each before those within it. Of alternatives the fields of all, each name once. */
export function fieldsOf(schema: JsonSchema, path = ''): readonly Field[] {
  const { properties = {}, required = [], items, additionalProperties } = schema;
  const rows = Object.entries(properties).flatMap(([name, inner]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [rowOf(inner, at, required.includes(name)), ...fieldsOf(inner, at)];
  });
  return unique([
    ...rows,
    ...(items === undefined ? [] : fieldsOf(items, `${path}[]`)),
    ...(typeof additionalProperties === 'object' ? fieldsOf(additionalProperties, `${path}.*`) : []),
    ...alternativesOf(schema).flatMap((each) => fieldsOf(each, path)),
  ]);
}

/** The type in a word or a few: `integer or null`, `array of string`, `object`. */
export function typeOf(schema: JsonSchema): string {
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 0) return [...new Set(alternatives.map(typeOf))].join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  if (types.length === 0) return 'any';
  return types
    .map((type) => (type === 'array' && schema.items ? `array of ${typeOf(schema.items)}` : type))
    .join(' or ');
}

function rowOf(schema: JsonSchema, path: string, isRequired: boolean): Field {
  return {
    path,
    type: typeOf(schema),
    isRequired,
    limits: limitsOf(schema),
    fallback: schema.default === undefined ? undefined : JSON.stringify(schema.default),
    description: schema.description ?? '',
  };
}

function limitsOf(schema: JsonSchema): string {
  const choices = schema.enum?.filter((each) => each !== null);
  return [
    choices === undefined
      ? ''
      : `one of ${choices.map((each) => `\`${typeof each === 'string' ? each : JSON.stringify(each)}\``).join(', ')}`,
    range(schema.minimum, schema.maximum, ''),
    schema.exclusiveMinimum === undefined ? '' : `more than ${schema.exclusiveMinimum}`,
    schema.exclusiveMaximum === undefined ? '' : `less than ${schema.exclusiveMaximum}`,
    range(schema.minLength, schema.maxLength, 'characters'),
    range(schema.minItems, schema.maxItems, 'entries'),
    schema.pattern === undefined ? '' : `\`${schema.pattern}\``,
  ]
    .filter((each) => each !== '')
    .join('; ');
}

function range(min: number | undefined, max: number | undefined, unit: string): string {
  if (min === undefined && max === undefined) return '';
  const bounds = min === undefined ? `at most ${max}` : max === undefined ? `at least ${min}` : `${min} to ${max}`;
  return `${bounds} ${unit}`.trim();
}

function alternativesOf({ anyOf, oneOf }: JsonSchema): readonly JsonSchema[] {
  return anyOf ?? oneOf ?? [];
}

function unique(fields: readonly Field[]): Field[] {
  return [...new Map(fields.map((field) => [field.path, field])).values()];
}
