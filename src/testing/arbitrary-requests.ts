import fc from 'fast-check';
import type { JsonSchema } from '../contract/json-schema.ts';
import type { Operation } from '../contract/openapi.ts';

/** A request as a program could send it, fitting or not. */
export type ArbitraryRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | Buffer | undefined;
};

/** Texts that programs stumble over. */
const NASTY: readonly unknown[] = [
  ...['', ' ', '\u0000', '../../etc/passwd', "'; DROP TABLE nodes; --", '$(id)', '%', '%00', '\ud800', '__proto__'],
  ...['constructor', 'toString', 'NaN', 'Infinity', '-1', '1e999', '0x10', '9'.repeat(400), 'x'.repeat(5000)],
  ...[null, true, -1, 0.5, 2 ** 53, 1e308, [], {}, [[]], { length: -1 }, { toString: 1 }, { constructor: 1 }],
];

/**
 * Requests to one endpoint: most of them as its schemas say, with now and then something in them that is not, and
 * some that make no sense at all. `known` are values that mean something to the server under test.
 */
export function arbitraryRequest(
  method: string,
  path: string,
  operation: Operation,
  known: Readonly<Record<string, readonly unknown[]>>,
): fc.Arbitrary<ArbitraryRequest> {
  const value = (name: string, schema: JsonSchema) => mostly(fitting(schema, name, known), hostile());
  const { parameters, requestBody } = operation;
  const params = parameters.filter((each) => each.in === 'path');
  const query = parameters.filter((each) => each.in === 'query');
  const schema = requestBody?.content['application/json']?.schema;
  return fc
    .record({
      params: fc.record(Object.fromEntries(params.map((each) => [each.name, value(each.name, each.schema)]))),
      query: fc.record(Object.fromEntries(query.map((each) => [each.name, value(each.name, each.schema)])), {
        requiredKeys: query.filter((each) => each.required).map((each) => each.name),
      }),
      headers: arbitraryHeaders(),
      payload: requestBody === undefined ? fc.constant(undefined) : arbitraryBody(schema, known),
    })
    .map((request) => ({
      method,
      url: addressOf(path, request.params, request.query),
      headers: request.headers,
      payload: request.payload,
    }));
}

/** Methods, paths and bodies without any sense. */
export function nonsenseRequest(): fc.Arbitrary<ArbitraryRequest> {
  const segment = fc.oneof(
    fc.constantFrom('api', 'v1', 'nodes', 'queue', '..', '.', '', '%2e%2e', '%zz', '%00', 'binhost', '*', '{id}'),
    fc.string({ maxLength: 20 }).map(percentEncoded),
  );
  return fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND'),
    url: fc
      .tuple(fc.array(segment, { maxLength: 8 }), fc.string({ maxLength: 40 }).map(percentEncoded))
      .map(([segments, query]) => `/${segments.join('/')}?${query}`),
    headers: arbitraryHeaders(),
    payload: arbitraryBody(undefined, {}),
  });
}

function addressOf(
  path: string,
  params: Readonly<Record<string, unknown>>,
  query: Readonly<Record<string, unknown>>,
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => percentEncoded(textOf(params[name])));
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${percentEncoded(textOf(value))}`);
  return pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Halves of surrogate pairs have no encoding; they are sent as what they look like. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

function arbitraryHeaders(): fc.Arbitrary<Record<string, string>> {
  const text = fc.string({ maxLength: 60 }).map((value) => value.replace(/[^\x20-\x7e]/g, '?'));
  return fc.record(
    {
      'content-type': fc.oneof(fc.constantFrom('application/json', 'text/plain', '', ';;', 'a/b; c="'), text),
      authorization: fc.oneof(fc.constantFrom('Bearer ', 'Basic eDp5', 'Bearer bsw_1_2'), text),
      'x-admin-key': text,
      'last-event-id': fc.oneof(fc.constantFrom('-1', '99999999999999999999', '1;2:3'), text),
      'if-none-match': text,
      'if-modified-since': fc.oneof(fc.constant('Thu, 01 Jan 1970 00:00:00 GMT'), text),
      range: fc.oneof(fc.constantFrom('bytes=0-', 'bytes=-1', 'bytes=9-1'), text),
      accept: text,
    },
    { requiredKeys: [] },
  );
}

function arbitraryBody(
  schema: JsonSchema | undefined,
  known: Readonly<Record<string, readonly unknown[]>>,
): fc.Arbitrary<string | Buffer> {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    hostile().map(textOf),
    fc.constantFrom('', '{', '[]', 'null', '{"a":1e999}', '{"id":"a","id":7}', '"x"', '{"__proto__":{"id":1}}'),
  );
  if (schema === undefined) return junk;
  const whole = fitting(schema, '', known).map(textOf);
  return fc.oneof(
    { weight: 4, arbitrary: whole },
    { weight: 4, arbitrary: spoilt(schema, known) },
    { weight: 1, arbitrary: junk },
  );
}

/** A body that fits but for one field. */
function spoilt(schema: JsonSchema, known: Readonly<Record<string, readonly unknown[]>>): fc.Arbitrary<string> {
  const names = Object.keys(schema.properties ?? {});
  const field = names.length === 0 ? fc.string() : fc.constantFrom(...names);
  return fc
    .tuple(fitting(schema, '', known), field, hostile())
    .map(([value, name, wrong]) => textOf({ ...(value as object), [name]: wrong }));
}

function mostly(good: fc.Arbitrary<unknown>, bad: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 3, arbitrary: good }, { weight: 1, arbitrary: bad });
}

function hostile(): fc.Arbitrary<unknown> {
  return fc.oneof(fc.constantFrom(...NASTY), fc.jsonValue({ maxDepth: 3 }), anyText());
}

/** Also halves of surrogate pairs and control characters. */
function anyText(): fc.Arbitrary<string> {
  return fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units));
}

function fitting(
  schema: JsonSchema,
  name: string,
  known: Readonly<Record<string, readonly unknown[]>>,
): fc.Arbitrary<unknown> {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map((each) => fitting(each, name, known)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const types = Array.isArray(schema.type) ? (schema.type as readonly string[]) : [schema.type as string | undefined];
  const made = fc.oneof(...types.map((type) => ofType(type ?? 'any', schema, known)));
  const meant = known[name];
  return meant === undefined ? made : fc.oneof(made, fc.constantFrom(...meant));
}

function ofType(
  type: string,
  schema: JsonSchema,
  known: Readonly<Record<string, readonly unknown[]>>,
): fc.Arbitrary<unknown> {
  const { minimum = -1e6, maximum = 1e6, minLength = 0, maxLength = 40, pattern, items = {} } = schema;
  switch (type) {
    case 'string':
      if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter((text) => text.length <= 300);
      return fc.string({ minLength, maxLength: Math.min(maxLength, 60) });
    case 'integer':
      return fc.integer({ min: Math.max(minimum, -(2 ** 31)), max: Math.min(maximum, 2 ** 31 - 1) });
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(fitting(items, '', known), { minLength: schema.minItems ?? 0, maxLength: 4 });
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([field, inner]) => [field, fitting(inner, field, known)]),
        ),
        { requiredKeys: [...(schema.required ?? [])] },
      );
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}
