/**
 * The pages below docs/reference that follow from the code: `npx tsx scripts/reference.ts` writes them,
 * `npm run check` refuses stale ones.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { api } from '../src/contract/api.ts';
import type { Endpoint } from '../src/contract/endpoint.ts';
import { ERRORS } from '../src/core/errors.ts';
import { FAILURE_CLASSES } from '../src/core/failure-class.ts';
import { ROOT } from './files.ts';

const DIRECTORY = join(ROOT, 'docs', 'reference');
const MADE = 'Made from the code by `npx tsx scripts/reference.ts`.';

const PAGES: Readonly<Record<string, () => string>> = {
  'errors.md': errors,
  'failures.md': failures,
  'http.md': http,
};

/** A sentence for each page that is not what the code says. */
export function referenceProblems(): string[] {
  return Object.entries(PAGES).flatMap(([name, render]) =>
    render() === readIfThere(join(DIRECTORY, name))
      ? []
      : [`docs/reference/${name} is stale: npx tsx scripts/reference.ts`],
  );
}

export function writeReference(): void {
  mkdirSync(DIRECTORY, { recursive: true });
  for (const [name, render] of Object.entries(PAGES)) writeFileSync(join(DIRECTORY, name), render());
}

function errors(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, error]) => `| ${code} | ${error.status} | ${error.exit} | ${error.advice} |`,
  );
  return page(
    'Errors',
    'What commands and the HTTP interface say when something cannot be done. An HTTP answer has the shape `{"error": "…"}`.',
    ['| code | HTTP status | exit status | what to do |', '|---|---|---|---|', ...rows],
  );
}

function failures(): string {
  const rows = Object.entries(FAILURE_CLASSES).map(([name, each]) => `| \`${name}\` | ${each.blame} | ${each.says} |`);
  return page(
    'Failure classes',
    'Why a build ended without a package. `package`: another drone would most likely see the same; two different drones, or five failures, block it. `resolver`: Portage refuses it; it is blocked at once, and only a new plan helps. `infrastructure`: the drone, the wire or the swarm; never counted against the package, tried again with growing pauses.',
    ['| class | blame | the build failed because |', '|---|---|---|', ...rows],
  );
}

function http(): string {
  const rows = Object.values(api).map(
    (each: Endpoint) => `| ${each.method} | \`${each.path}\` | ${each.summary.replaceAll('|', '\\|')} |`,
  );
  return page(
    'HTTP interface',
    'Names, units and shapes are those of version 3.1: times are Unix seconds, durations seconds. `/binhost/` serves packages and their index. The schemas are in `src/contract/`.',
    ['| method | path | |', '|---|---|---|', ...rows],
  );
}

function page(title: string, intro: string, lines: readonly string[]): string {
  return `# ${title}\n\n${MADE}\n\n${intro}\n\n${lines.join('\n')}\n`;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeReference();
