import { z } from 'zod';
import { endpoint } from './endpoint.ts';

export const openApiDocument = endpoint({
  method: 'GET',
  path: '/api/v1/openapi.json',
  access: 'open',
  tag: 'operations',
  summary: 'Every endpoint with its parameters and replies, as an OpenAPI 3.1 document.',
  raw: 'reply',
  replyMediaType: 'application/json; charset=utf-8',
  reply: z.unknown(),
});

export const docsPage = endpoint({
  method: 'GET',
  path: '/api/docs',
  access: 'open',
  tag: 'operations',
  summary: 'The same as a page to read.',
  raw: 'reply',
  replyMediaType: 'text/html; charset=utf-8',
  reply: z.unknown(),
});
