import type { FailureClass } from '../core/failure-class.ts';
import type { BuildReport } from './journal.ts';

/** Longest reason in a report, in characters. */
export const DETAIL_LIMIT = 4_000;

export type Cause = {
  readonly failureClass: FailureClass;
  readonly phase: string | null;
  /** The line that says it. */
  readonly errorLine: string | null;
  /** What stood around it. */
  readonly excerpt: string;
};

/** The report of a build that has a package to show. */
export function successReport(durationS: number): BuildReport {
  return { status: 'success', phase: null, error_detail: '', build_duration_s: durationS };
}

/** The report of a build that ended without a package. */
export function failureReport(cause: Cause, durationS: number): BuildReport {
  const lines = [cause.errorLine ?? '', cause.excerpt].filter((part) => part !== '');
  return {
    status: 'failed',
    failure_class: cause.failureClass,
    phase: cause.phase?.slice(0, 50) ?? null,
    error_detail: reportable(lines.join('\n')),
    build_duration_s: durationS,
  };
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
