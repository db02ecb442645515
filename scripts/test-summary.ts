import { readFileSync } from 'node:fs';

/** What a run of the tests came to. A file that could not be loaded counts as one failed test. */
export type Totals = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** The part of vitest's JSON report that is read. */
type Report = {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
};

/** The totals of the report that vitest wrote to `path`; undefined when it wrote none. */
export function readTotals(path: string): Totals | undefined {
  try {
    return totalsOf(JSON.parse(readFileSync(path, 'utf8')) as Report);
  } catch {
    return undefined;
  }
}

/** Count the tests of a report, over all its files and projects. */
export function totalsOf({ testResults }: Report): Totals {
  const states = testResults.flatMap((file) => file.assertionResults.map((test) => test.status));
  const count = (state: string): number => states.filter((found) => found === state).length;
  const broken = testResults.filter(isBrokenFile).length;
  const passed = count('passed');
  const failed = count('failed');
  return { passed, failed: failed + broken, skipped: states.length - passed - failed };
}

/** Failed with no failed test in it: it did not load, or a hook of the file threw. */
function isBrokenFile(file: Report['testResults'][number]): boolean {
  return file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed');
}

/** The line that ends `npm test`. */
export function closingLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
