/** The part of JSON Schema (draft 2020-12) that our schemas come out as. */
export type JsonSchema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly contentEncoding?: string;
};

/**
 * The same in fewer words: no dialect, no bounds that every integer has, `X or null` as a type, and objects that
 * may get further fields, as ours do.
 */
export function simplified(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, (each) => withoutNoise(nullFolded(each)));
}

/** Replace every schema within one, innermost first; `field` is the name of the property that it describes. */
export function mapSchema(
  schema: JsonSchema,
  change: (schema: JsonSchema, field: string | undefined) => JsonSchema,
  field?: string,
): JsonSchema {
  const go = (inner: JsonSchema) => mapSchema(inner, change, field);
  const { properties, items, prefixItems, additionalProperties, anyOf, oneOf } = schema;
  const mapped: JsonSchema = {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => [name, mapSchema(inner, change, name)]),
      ),
    }),
    ...(items && { items: go(items) }),
    ...(prefixItems && { prefixItems: prefixItems.map(go) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: go(additionalProperties) }),
    ...(anyOf && { anyOf: anyOf.map(go) }),
    ...(oneOf && { oneOf: oneOf.map(go) }),
  };
  return change(mapped, field);
}

function nullFolded(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (anyOf?.length !== 2) return schema;
  const other = anyOf.find((each) => each.type !== 'null');
  const isNullable = anyOf.some((each) => each.type === 'null');
  if (!isNullable || other === undefined || typeof other.type !== 'string') return schema;
  return {
    ...other,
    ...rest,
    type: [other.type, 'null'],
    ...(other.enum !== undefined && { enum: [...other.enum, null] }),
  };
}

function withoutNoise(schema: JsonSchema): JsonSchema {
  const {
    $schema: _dialect,
    propertyNames: _names,
    ...rest
  } = schema as JsonSchema & Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(rest).filter(([key, value]) => !isNoise(key, value)));
}

function isNoise(key: string, value: unknown): boolean {
  if (key === 'minimum') return value === Number.MIN_SAFE_INTEGER;
  if (key === 'maximum') return value === Number.MAX_SAFE_INTEGER;
  return key === 'additionalProperties' && (value === false || JSON.stringify(value) === '{}');
}
