/**
 * Checks the planner bridge against several releases of Portage, by hand or every night:
 *
 *   tsx scripts/planner-versions.ts                    the releases below
 *   tsx scripts/planner-versions.ts 3.0.60 3.0.83      these
 *
 * Each release gets a virtual environment in the user's cache directory, made on first use, and runs all
 * tests of the planner there. One line a release; the status is 1 if any of them differs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureVirtualenv } from '../src/emerge/virtualenv.ts';
import { ROOT } from './files.ts';
import { toolPath } from './run-tool.ts';
import { closingLine, readTotals } from './test-summary.ts';

/** The oldest that is promised, the newest that is known, and where the resolver changed between them. */
const RELEASES = ['3.0.60', '3.0.65', '3.0.69.1', '3.0.75', '3.0.82', '3.0.83'];

const TESTS = ['src/emerge/planner.portage.test.ts', 'src/emerge/planner-refusals.portage.test.ts'];

async function main(chosen: readonly string[]): Promise<number> {
  let isGood = true;
  for (const release of chosen.length > 0 ? chosen : RELEASES) {
    isGood = (await check(release)) && isGood;
  }
  return isGood ? 0 : 1;
}

async function check(release: string): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'planner-versions-'));
  try {
    const portage = await ensureVirtualenv({ version: release, env: process.env, onProgress: console.error });
    const output = await runTests(portage, directory);
    const totals = readTotals(join(directory, 'report.json'));
    const isGood = totals !== undefined && totals.failed === 0 && totals.passed > 0;
    console.log(`Portage ${release.padEnd(8)} ${totals === undefined ? 'the tests did not run' : closingLine(totals)}`);
    if (!isGood) console.log(output);
    return isGood;
  } catch (error) {
    console.log(`Portage ${release.padEnd(8)} ${error instanceof Error ? error.message : String(error)}`);
    return false;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runTests(portage: string, directory: string): Promise<string> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${join(directory, 'report.json')}`];
  const child = spawn(toolPath('vitest'), ['run', '--project=flows', ...reporters, ...TESTS], {
    cwd: ROOT,
    env: { ...process.env, BUILD_SWARM_PORTAGE: portage, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  return Buffer.concat(chunks).toString('utf8');
}

process.exitCode = await main(process.argv.slice(2));
