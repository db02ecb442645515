import type { FailureCause } from '../portage/failure-cause.ts';
import type { Measures } from './build-watch.ts';
import type { BuildReport } from './journal.ts';

/** Longest reason in a report, in characters. */
export const DETAIL_LIMIT = 4_000;

/** Longest first line of an error. */
const LINE_LIMIT = 1_000;

export type Cause = FailureCause;

/** How long it took, and what it used meanwhile. */
type Effort = { readonly durationS: number; readonly measures: Measures };

/** The report of a build that has a package to show. */
export function successReport(effort: Effort): BuildReport {
  return { status: 'success', phase: null, error_detail: '', ...measured(effort) };
}

/** The report of a build that ended without a package. */
export function failureReport(cause: Cause, effort: Effort): BuildReport {
  const lines = [cause.errorLine ?? '', cause.excerpt].filter((part) => part !== '');
  return {
    status: 'failed',
    failure_class: cause.failureClass,
    phase: cause.phase?.slice(0, 50) ?? null,
    error_detail: reportable(lines.join('\n')),
    first_error: cause.errorLine === null ? null : reportable(cause.errorLine).slice(0, LINE_LIMIT),
    first_error_line: cause.errorLineNumber,
    excerpt: reportable(cause.excerpt),
    confidence: cause.confidence,
    conclusion: cause.reason,
    ...measured(effort),
  };
}

function measured({ durationS, measures }: Effort) {
  const { peakMemoryMb, diskMb, cpuS } = measures;
  return { build_duration_s: durationS, peak_memory_mb: peakMemoryMb, disk_mb: diskMb, cpu_s: cpuS };
}

/** The report of a build that is nobody's fault and that somebody else may do. */
export function returnedReport(reason: string, durationS: number): BuildReport {
  return { status: 'returned', phase: null, error_detail: reportable(reason), build_duration_s: durationS };
}

/** What becomes of a report when the package it speaks of was not taken. */
export function refusedReport(
  report: BuildReport,
  refusal: { readonly isDamaged: boolean; readonly why: string },
): BuildReport {
  return {
    ...report,
    status: refusal.isDamaged ? 'failed' : 'upload_failed',
    failure_class: refusal.isDamaged ? 'corrupt' : 'upload',
    phase: 'upload',
    error_detail: reportable(refusal.why),
  };
}

/** What the contract refuses in a text. */
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;

/** Build logs can hold any bytes; a report cannot. */
function reportable(text: string): string {
  return text.replace(COLOURS, '').replace(CONTROL_CHARACTERS, '').slice(0, DETAIL_LIMIT);
}
