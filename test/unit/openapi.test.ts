import { createHash } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { api } from '../../src/contract/api.ts';
import { fieldsOf } from '../../src/contract/fields.ts';
import { type Operation, openApi } from '../../src/contract/openapi.ts';
import { docsPage } from '../../src/http/docs-page.ts';
import { controlPlaneWorld } from '../../src/testing/control-plane-world.ts';

const document = openApi(api, '3.2.0');
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
);

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator();

  const result = await validator.validate(structuredClone(document) as never);

  expect(result).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

test('every endpoint is in it, once', () => {
  expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(Object.keys(api).sort());
});

test('every parameter and every field is explained', () => {
  const unexplained = operations.flatMap(({ operation }) =>
    namesIn(operation)
      .filter(({ description }) => description === '')
      .map(({ path }) => `${operation.operationId}: ${path}`),
  );

  expect(unexplained).toEqual([]);
});

function namesIn({ parameters, requestBody, responses }: Operation) {
  const contents = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)];
  const schemas = contents.flatMap((content) => Object.values(content ?? {}).map(({ schema }) => schema));
  const named = parameters.map(({ name, description = '' }) => ({ path: name, description }));
  return [...named, ...schemas.flatMap((schema) => fieldsOf(schema))];
}

test('examples are what the contract allows', () => {
  const refused = Object.entries(api).flatMap(([name, endpoint]) => {
    const { example, ...row } = endpoint as typeof endpoint & { example?: Record<string, unknown> };
    return (['params', 'query', 'body', 'reply'] as const)
      .filter((part) => {
        const schema = (row as Partial<Record<typeof part, { safeParse(value: unknown): { success: boolean } }>>)[part];
        return example?.[part] !== undefined && schema?.safeParse(example[part]).success !== true;
      })
      .map((part) => `${name}.${part}`);
  });

  expect(refused).toEqual([]);
});

test('the page holds every endpoint, and runs nothing but what is in it', () => {
  const { html, contentSecurityPolicy } = docsPage(document, api.openApiDocument.path);

  for (const { operation } of operations) expect(html).toContain(`<article id="${operation.operationId}"`);
  for (const tag of ['style', 'script']) {
    const inside = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(inside).digest('base64');
    expect(contentSecurityPolicy).toContain(`${tag}-src 'sha256-${hash}'`);
  }
  expect(html).not.toMatch(/ (on\w+|style)=/);
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
});

test('texts of the contract cannot become markup of the page', () => {
  const summary = 'a <script>alert(1)</script> & "b"';
  const table = { evil: { ...api.health, summary } };

  const { html } = docsPage(openApi(table, '<b>1</b>'), '/api/v1/openapi.json');

  expect(html).not.toContain('<script>alert');
  expect(html).not.toContain('<b>1</b>');
  expect(html).toContain('a &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;b&quot;');
});

test('the control plane serves both', async () => {
  const world = await controlPlaneWorld();
  const { app } = world.plane();

  const json = await app.inject('/api/v1/openapi.json');
  const page = await app.inject('/api/docs');

  expect(json.json()).toEqual(JSON.parse(JSON.stringify(document)));
  expect(json.headers['content-type']).toMatch(/^application\/json/);
  expect(page.headers['content-type']).toMatch(/^text\/html/);
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'/);
  await world.close();
});
