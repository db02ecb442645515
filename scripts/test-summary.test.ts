import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runTool } from './run-tool.ts';
import { closingLine, readTotals, totalsOf } from './test-summary.ts';

test('the totals are those of a real report, and a file that does not load counts as one failure', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'summary-'));
  const report = join(directory, 'report.json');
  const vitest = JSON.stringify(join(import.meta.dirname, '..', 'node_modules', 'vitest', 'dist', 'index.js'));
  const head = `import { test, expect } from ${vitest};\n`;
  writeFileSync(join(directory, 'good.test.ts'), `${head}test('a', () => {});\ntest('b', () => {});\n`);
  writeFileSync(
    join(directory, 'bad.test.ts'),
    `${head}test('c', () => expect(1).toBe(2));\ntest.skip('d', () => {});\n`,
  );
  writeFileSync(join(directory, 'broken.test.ts'), `${head}throw new Error('no');\n`);

  const { ok } = await runTool(
    'vitest',
    ['run', '--root', directory, '--reporter=json', `--outputFile=${report}`],
    directory,
  );

  expect(ok).toBe(false);
  expect(readTotals(report)).toEqual({ passed: 2, failed: 2, skipped: 1 });
});

test('a run without a report has no totals', () => {
  expect(readTotals(join(tmpdir(), 'there-is-no-such-report.json'))).toBeUndefined();
});

test('the closing line names skipped tests only when there are some', () => {
  expect(closingLine(totalsOf({ testResults: [] }))).toBe('0 passed, 0 failed');
  expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});
