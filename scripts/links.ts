import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { listFiles } from './files.ts';

/** A link of a document, and the line it stands on. */
type Link = { readonly target: string; readonly line: number };

/** Every link between the documents below `root` that leads nowhere, as a sentence; empty when all lead somewhere. */
export function linkProblems(root: string): string[] {
  return listFiles(root)
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) => problemsOf(root, path));
}

function problemsOf(root: string, path: string): string[] {
  return linksOf(readFileSync(join(root, path), 'utf8')).flatMap(({ target, line }) => {
    const problem = problemOf(root, path, target);
    return problem === undefined ? [] : [`${path}:${line}: ${problem}`];
  });
}

function problemOf(root: string, from: string, target: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined;
  if (target.startsWith('/')) return `the link ${target} must be relative: what is / depends on who shows the page`;
  const [file = '', anchor = ''] = target.split('#').map(decoded);
  const path = file === '' ? from : normalize(join(dirname(from), file));
  if (path.startsWith('..')) return `the link ${target} leads out of the repository`;
  if (!existsSync(join(root, path))) return `the link ${target} leads nowhere: there is no ${path}`;
  if (anchor === '' || !path.endsWith('.md') || statSync(join(root, path)).isDirectory()) return undefined;
  if (anchorsOf(readFileSync(join(root, path), 'utf8')).has(anchor)) return undefined;
  return `the link ${target} leads nowhere: ${path} has no heading #${anchor}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `[text](target)`, also of images and with a title, and `[text]: target`. */
const LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+["'][^)]*)?\)|^\s*\[[^\]]+\]:\s*<?([^\s>]+)/g;

function linksOf(text: string): Link[] {
  return proseOf(text).flatMap((prose, index) =>
    [...prose.replace(/(`+).*?\1/g, '').matchAll(LINK)].map(([, inline, defined]) => ({
      target: inline ?? defined ?? '',
      line: index + 1,
    })),
  );
}

/** What a `#` can lead to: headings, as their pages name them, and places with an id of their own. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set([...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map((match) => match[1] ?? ''));
  const seen = new Map<string, number>();
  for (const line of proseOf(text)) {
    const heading = /^ {0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const slug = slugOf(heading);
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    anchors.add(before === 0 ? slug : `${slug}-${before}`);
  }
  return anchors;
}

function slugOf(heading: string): string {
  return heading
    .replace(/<[^>]*>/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** The lines of a document; those of fenced code are empty, so that numbers of lines stay. */
function proseOf(text: string): string[] {
  let fence: string | undefined;
  return text.split('\n').map((line) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence)) fence = undefined;
      return '';
    }
    fence = mark;
    return mark === undefined ? line : '';
  });
}
