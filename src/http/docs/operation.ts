import { ACCESS_MEANINGS } from '../../contract/chapters.ts';
import { type Field, fieldsOf, typeOf } from '../../contract/fields.ts';
import type { JsonSchema } from '../../contract/json-schema.ts';
import type { Operation } from '../../contract/openapi.ts';
import { curlOf } from './curl.ts';
import { escapeHtml, prose } from './html.ts';

/** Replies with more fields than this are folded. */
const FOLDED_FROM = 12;

/** One endpoint as an article that can be linked to by its name. */
export function operationHtml(method: string, path: string, operation: Operation): string {
  const { operationId, summary, 'x-access': access } = operation;
  return `<article id="${operationId}" data-op>
<header><h3><span class="method ${method.toLowerCase()}">${method}</span> <span class="path">${pathHtml(path)}</span></h3>
<span class="access ${access}" title="for ${escapeHtml(ACCESS_MEANINGS[access])}">${access}</span>
<a class="anchor" href="#${operationId}" aria-label="link to ${operationId}">#</a></header>
<p>${prose(summary)}</p>
${requestHtml(operation)}
${replyHtml(operation)}
${problemsHtml(operation)}
<div class="example"><pre><code>${escapeHtml(curlOf(method, path, operation))}</code></pre><button type="button" data-copy>Copy</button></div>
</article>`;
}

/** Long paths may break where a segment begins. */
function pathHtml(path: string): string {
  return escapeHtml(path)
    .replaceAll('/', '<wbr>/')
    .replace(/\{\w+\}/g, '<var>$&</var>');
}

function requestHtml({ parameters, requestBody }: Operation): string {
  const rows = parameters.map(({ name, in: place, required, schema, description = '' }) => {
    const field = fieldsOf({ properties: { [name]: { ...schema, description } }, required: required ? [name] : [] })[0];
    return field === undefined ? '' : fieldHtml(field, place);
  });
  const [media, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const body = content === undefined ? '' : schemaHtml(content.schema, 'request');
  return [
    rows.length === 0 ? '' : `<h4>Parameters</h4><dl class="fields">${rows.join('')}</dl>`,
    media === undefined ? '' : `<h4>Body <small>${escapeHtml(media)}</small></h4>${body}`,
  ].join('');
}

function replyHtml({ responses }: Operation): string {
  const [media, content] = Object.entries(responses['200']?.content ?? {})[0] ?? [];
  if (content === undefined || media === undefined) return '';
  const example =
    content.example === undefined
      ? ''
      : `<details><summary>Example of a reply</summary><pre><code>${escapeHtml(JSON.stringify(content.example, null, 2))}</code></pre></details>`;
  return `<h4>Reply <small>${escapeHtml(media)}${isNamed(content.schema) ? ` · ${typeOf(content.schema)}` : ''}</small></h4>${schemaHtml(content.schema, 'reply')}${example}`;
}

function isNamed(schema: JsonSchema): boolean {
  return fieldsOf(schema).length > 0;
}

function schemaHtml(schema: JsonSchema, what: 'request' | 'reply'): string {
  const fields = fieldsOf(schema);
  if (fields.length === 0) return '';
  const list = `<dl class="fields">${fields.map((field) => fieldHtml(field, what)).join('')}</dl>`;
  if (fields.length < FOLDED_FROM) return list;
  return `<details><summary>${fields.length} fields</summary>${list}</details>`;
}

function fieldHtml(field: Field, where: 'path' | 'query' | 'request' | 'reply'): string {
  const steps = field.path.split('.');
  const name = steps.pop() ?? '';
  const parents = steps.map((step) => `${step}.`).join('');
  // In replies nearly everything is there: what may be missing is worth a word, elsewhere what must be given.
  const presence = where === 'reply' ? (field.isRequired ? '' : 'may be absent') : field.isRequired ? 'required' : '';
  const notes = [
    where === 'path' ? 'in the path' : '',
    field.limits,
    field.fallback === undefined ? '' : `default \`${field.fallback}\``,
  ].filter((each) => each !== '');
  return `<dt><span class="name"><span class="parents">${escapeHtml(parents)}</span>${escapeHtml(name)}</span> <span class="type">${escapeHtml(field.type)}</span>${presence === '' ? '' : ` <span class="presence ${field.isRequired ? 'must' : ''}">${presence}</span>`}</dt><dd>${prose(field.description)}${notes.length === 0 ? '' : ` <span class="limits">${prose(notes.join(' · '))}</span>`}</dd>`;
}

function problemsHtml({ responses }: Operation): string {
  const rows = Object.entries(responses)
    .filter(([status]) => status !== '200')
    .map(([status, { description }]) => `<dt><span class="status">${status}</span></dt><dd>${prose(description)}</dd>`);
  if (rows.length === 0) return '';
  return `<details><summary>Errors</summary><dl class="fields">${rows.join('')}</dl></details>`;
}
