import type { FastifyInstance } from 'fastify';
import { api } from '../contract/api.ts';
import { openApi } from '../contract/openapi.ts';
import { docsPage } from './docs-page.ts';
import { route } from './route.ts';

/** The contract itself, for programs and for people; made once, when first asked for. */
export function registerDocsRoutes(app: FastifyInstance, version: string): void {
  const made = once(() => {
    const document = openApi(api, version);
    return { json: JSON.stringify(document), page: docsPage(document, api.openApiDocument.path) };
  });

  route(app, api.openApiDocument, async (_request, { reply }) =>
    reply.type(api.openApiDocument.replyMediaType).send(made().json),
  );

  route(app, api.docsPage, async (_request, { reply }) => {
    const { html, contentSecurityPolicy } = made().page;
    reply.header('content-security-policy', contentSecurityPolicy);
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
    return reply.type(api.docsPage.replyMediaType).send(html);
  });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
