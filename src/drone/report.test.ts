import { expect, test } from 'vitest';
import { complete } from '../contract/drone-protocol.ts';
import { DETAIL_LIMIT, failureReport, refusedReport, returnedReport, successReport } from './report.ts';

const cause = {
  failureClass: 'compile',
  phase: 'compile',
  errorLine: 'main.c:3: error',
  errorLineNumber: 17,
  excerpt: 'cc -c main.c',
  confidence: 'certain',
  reason: 'the ebuild died in its compile phase',
} as const;

const measures = { peakMemoryMb: 812.5, diskMb: 90, cpuS: 33, leastDiskMb: 10_000, memoryKills: 0 };
const effort = (durationS: number) => ({ durationS, measures });

const body = (report: object) => complete.body.safeParse({ id: 'anvil', package: '=a/b-1', attempt: 1, ...report });

test('a failure is reported with the line that says it first', () => {
  const report = failureReport(cause, effort(12.5));

  expect(report).toMatchObject({
    status: 'failed',
    failure_class: 'compile',
    phase: 'compile',
    build_duration_s: 12.5,
    first_error: 'main.c:3: error',
    first_error_line: 17,
    excerpt: 'cc -c main.c',
    confidence: 'certain',
    peak_memory_mb: 812.5,
    disk_mb: 90,
    cpu_s: 33,
  });
  expect(report.error_detail).toBe('main.c:3: error\ncc -c main.c');
});

test('whatever a build printed, the control plane can take the report', () => {
  const excerpt = `\u001b[01;31m\u001b[Kerror:\u001b[m\u0007 \u0000${'é\u{1f40d}'.repeat(5000)}`;

  const report = failureReport({ ...cause, errorLine: null, excerpt, phase: 'x'.repeat(80) }, effort(0));

  expect(report.error_detail.startsWith('error: é')).toBe(true);
  expect(report.error_detail.length).toBeLessThanOrEqual(DETAIL_LIMIT);
  expect(body(report).success).toBe(true);
});

test('every report is one that the contract knows', () => {
  const reports = [
    successReport(effort(1)),
    returnedReport('drone stopping', 2),
    failureReport(cause, effort(3)),
    refusedReport(successReport(effort(4)), { isDamaged: true, why: 'sha256 differs' }),
    refusedReport(successReport(effort(5)), { isDamaged: false, why: 'too large' }),
  ];

  expect(reports.map((report) => body(report).success)).toEqual([true, true, true, true, true]);
  expect(reports.map((report) => report.status)).toEqual(['success', 'returned', 'failed', 'failed', 'upload_failed']);
  expect(reports.slice(3).map((report) => report.failure_class)).toEqual(['corrupt', 'upload']);
});
