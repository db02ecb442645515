import type { Style } from '../output/style.ts';
import { count, duration, wrap } from '../output/text.ts';
import type { Installation } from './client-install.ts';
import type { Expectations } from './expectations.ts';
import type { Verdict } from './verdict.ts';

/** What the summary tells. */
export type Report = {
  readonly verdict: Verdict;
  readonly installation: Installation;
  readonly expectations: Expectations;
  readonly drones: number;
  readonly tookMs: { readonly total: number; readonly building: number; readonly installing: number };
  readonly binhostUrl: string;
  readonly dataDir: string;
  readonly isKept: boolean;
  /** Whether the swarm goes on afterwards. */
  readonly staysUp: boolean;
};

const LABEL_WIDTH = 11;

/** The end of the demo in a dozen lines of at most `width` columns, and what was not as it should be. */
export function summaryLines(report: Report, { style, width }: { style: Style; width: number }): string[] {
  const { problems } = report.verdict;
  const title = problems.length === 0 ? style.green('all as expected') : style.red(count(problems.length, 'problem'));
  const room = Math.max(20, width - LABEL_WIDTH - 4);
  const rows = facts(report).flatMap(([label, text]) =>
    wrap(text, room).map((line, at) => `  ${style.dim((at === 0 ? label : '').padEnd(LABEL_WIDTH))} ${line}`),
  );
  const wrong = problems.map((problem) => `  ${style.red(style.signs.failed)} ${problem.replaceAll('\n', '\n    ')}`);
  const heading = `${style.bold(style.cyan('=== Build Swarm demo ==='))} ${title}`;
  return ['', heading, '', ...rows, ...(wrong.length > 0 ? ['', ...wrong] : []), ''];
}

function facts({ verdict, installation, expectations, ...report }: Report): (readonly [label: string, text: string])[] {
  const { building, installing, total } = report.tookMs;
  const { built, reused, runs, redundant, failures, waits, retried } = verdict;
  const failed = failures.length === 0 ? 'none' : `${failures.length}${mark(failures)}: ${classes(failures)}`;
  const compiled = installation.compiled.length === 0 ? 'none compiled' : `${installation.compiled.length} compiled`;
  return [
    [
      'Built',
      `${count(built, 'package')} on ${count(report.drones, 'drone')}; ${count(runs, 'build')} started, ${redundant} redundant`,
    ],
    ['Reused', reused === 0 ? 'none' : `${count(reused, 'package')} that the binhost had`],
    ['Failed', failed],
    ...waits.map((wait) => ['Waiting', `${wait.package} for ${wait.waitsFor}${mark([wait])}`] as const),
    ...retried.map((each) => ['Retried', `${each.package}, ${each.class}`] as const),
    ['Installed', `${installation.completed} of ${installation.total} packages over HTTP, ${compiled}`],
    ['Proof', `${expectations.proof.program} printed "${installation.proof}"`],
    ['Time', `${duration(total)} (building ${duration(building)}, installing ${duration(installing)})`],
    ['Binhost', `${report.binhostUrl}${report.staysUp ? '' : ' (closed now)'}`],
    ['Data', report.isKept ? report.dataDir : `${report.dataDir} (removed at the end; --keep keeps it)`],
    ...(report.isKept || report.staysUp ? [['Logs', `${report.dataDir}/logs`] as const] : []),
  ];
}

function mark(things: readonly { readonly isExpected: boolean }[]): string {
  return things.every(({ isExpected }) => isExpected) ? ', as intended' : '';
}

/** `compile, 4 masked`. */
function classes(failures: Verdict['failures']): string {
  const numbers = new Map<string, number>();
  for (const failure of failures) numbers.set(failure.class, (numbers.get(failure.class) ?? 0) + 1);
  const sorted = [...numbers].sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([name, number]) => (number === 1 ? name : `${number} ${name}`)).join(', ');
}

/** The same for programs. */
export function summaryJson({ verdict, installation, ...report }: Report): string {
  const { lastLines: _, ...installed } = installation;
  const { tookMs, binhostUrl, dataDir, isKept, drones } = report;
  return JSON.stringify(
    {
      ok: verdict.problems.length === 0,
      ...verdict,
      installation: installed,
      drones,
      took_ms: tookMs,
      binhost_url: binhostUrl,
      data_dir: isKept ? dataDir : null,
    },
    null,
    2,
  );
}
