/**
 * `npm run check`: every check of the house at once, on one screen. `--fix` first repairs what machines can
 * repair. A name given as an argument (`npm run check -- lint`) runs that check only.
 */

import { ROOT } from './files.ts';
import { houseProblems } from './house.ts';
import { linkProblems } from './links.ts';
import { referenceProblems, writeReference } from './reference.ts';
import { ownMapProblems, refreshOwnMap } from './rooms.ts';
import { runTool, type ToolResult } from './run-tool.ts';
import { checkShell } from './shell.ts';

type Check = { readonly name: string; readonly run: () => Promise<ToolResult> };

const CHECKS: readonly Check[] = [
  { name: 'types', run: types },
  { name: 'lint', run: () => runTool('oxlint', ['--format=unix']) },
  {
    name: 'format',
    run: () => runTool('biome', ['check', '--error-on-warnings', '--reporter=concise', '--max-diagnostics=none']),
  },
  { name: 'shell', run: () => checkShell(ROOT) },
  { name: 'dead code', run: () => runTool('knip', ['--no-progress', '--no-config-hints']) },
  { name: 'rooms', run: () => sentences(ownMapProblems) },
  { name: 'reference', run: () => sentences(referenceProblems) },
  { name: 'links', run: () => sentences(() => linkProblems(ROOT)) },
  { name: 'house', run: () => sentences(() => houseProblems(ROOT)) },
];

/** The test project covers every source again, so what is wrong in a room is said twice. */
async function types(): Promise<ToolResult> {
  const programs = await runTool('tsc', ['-b']);
  const pages = await runTool('tsc', ['-p', 'web']);
  const output = `${programs.output}\n${pages.output}`.trim();
  return { ok: programs.ok && pages.ok, output: [...new Set(output.split('\n'))].join('\n') };
}

/** A check of our own: a list of sentences, empty when all is well. */
async function sentences(find: () => string[]): Promise<ToolResult> {
  const found = find();
  return { ok: found.length === 0, output: found.join('\n') };
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--fix')) await repair();
  const names = args.filter((arg) => !arg.startsWith('-'));
  const chosen = CHECKS.filter((check) => names.length === 0 || names.includes(check.name));
  const results = await Promise.all(chosen.map(runAndShow));
  for (const { name, ok, output } of results)
    if (!ok) console.log(`\n── ${name} ${'─'.repeat(60 - name.length)}\n${output}`);
  return chosen.length > 0 && results.every(({ ok }) => ok) ? 0 : 1;
}

async function repair(): Promise<void> {
  await runTool('oxlint', ['--fix']);
  await runTool('biome', ['check', '--write']);
  refreshOwnMap();
  writeReference();
}

async function runAndShow({ name, run }: Check): Promise<ToolResult & { name: string }> {
  const startedAt = performance.now();
  const result = await run().catch((error: unknown) => ({ ok: false, output: String(error) }));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const warnings = result.output.match(/\[Warning\//g)?.length ?? 0;
  const note = result.ok && warnings > 0 ? `   ${warnings} warnings: npx oxlint` : '';
  console.log(`${name.padEnd(10)} ${result.ok ? '✓' : '✗'} ${seconds.padStart(5)} s${note}`);
  return { name, ...result };
}

process.exitCode = await main(process.argv.slice(2));
