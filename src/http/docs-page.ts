import { createHash } from 'node:crypto';
import { ACCESS_MEANINGS } from '../contract/chapters.ts';
import type { OpenApi, Operation } from '../contract/openapi.ts';
import { escapeHtml, prose } from './docs/html.ts';
import { operationHtml } from './docs/operation.ts';
import { SCRIPT } from './docs/script.ts';
import { STYLE } from './docs/style.ts';

/** A page in one piece, and the policy under which a browser runs nothing but what is in it. */
export type Page = { readonly html: string; readonly contentSecurityPolicy: string };

type Row = { readonly method: string; readonly path: string; readonly operation: Operation };

/** The reference for people, made from the document for programs. */
export function docsPage(document: OpenApi, openApiPath: string): Page {
  const rows = rowsOf(document);
  const version = String(document.info['version']);
  const chapters = document.tags.map((tag) => ({
    ...tag,
    rows: rows.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Build Swarm ${escapeHtml(version)} · HTTP interface</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<div class="top"><h1>Build Swarm <small>${escapeHtml(version)} · HTTP interface</small></h1>
<input id="page-search" type="search" placeholder="Search ${rows.length} endpoints ( / )" aria-label="Search endpoints" autocomplete="off" spellcheck="false">
<button id="page-theme" type="button" aria-label="light or dark">◐</button></div>
<div class="layout">
<nav aria-label="Endpoints"><details id="page-contents" open><summary>Contents</summary>${chapters.map(contentsHtml).join('\n')}</details></nav>
<main>
<header><p>${prose(String(document.info['description']))}</p>
<ul aria-label="who may call">${Object.entries(ACCESS_MEANINGS).map(accessHtml).join('')}</ul>
<p>For programs: <a href="${openApiPath}"><code>${openApiPath}</code></a> (OpenAPI 3.1).</p></header>
${chapters.map(chapterHtml).join('\n')}
<p id="page-nothing" hidden>Nothing fits. Try a part of a path or the name of a field.</p>
</main>
</div>
<script>${SCRIPT}</script>
</body>
</html>
`;
  return { html, contentSecurityPolicy: policyFor(STYLE, SCRIPT) };
}

function accessHtml([access, meaning]: readonly [string, string]): string {
  return `<li><span class="access ${access}">${access}</span> ${escapeHtml(meaning)}</li>`;
}

type Chapter = { readonly name: string; readonly description: string; readonly rows: readonly Row[] };

function rowsOf({ paths }: OpenApi): Row[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

function contentsHtml({ name, rows }: Chapter): string {
  const links = rows.map(
    ({ method, path, operation }) =>
      `<li><a href="#${operation.operationId}"><span class="method ${method.toLowerCase()}">${method}</span><span class="path">${escapeHtml(shortened(path))}</span></a></li>`,
  );
  return `<div data-chapter><h2>${escapeHtml(name)}</h2><ul>${links.join('')}</ul></div>`;
}

function shortened(path: string): string {
  return path.replace(/^\/api\/v1/, '');
}

function chapterHtml({ name, description, rows }: Chapter): string {
  const articles = rows.map(({ method, path, operation }) => operationHtml(method, path, operation));
  return `<section><h2>${escapeHtml(name)}</h2><p>${prose(description)}</p>\n${articles.join('\n')}</section>`;
}

function policyFor(style: string, script: string): string {
  return [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
