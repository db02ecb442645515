import { ERRORS, SwarmError } from '../../core/errors.ts';

/** What a command that failed tells its caller. */
export type Failure = { readonly text: string; readonly exitCode: number };

/** Any error as sentences for people and an exit code; never a stack trace. */
export function readFailure(error: unknown): Failure {
  if (error instanceof SwarmError) {
    return { text: `Error: ${error.message}\n  ${error.advice}`, exitCode: error.exitCode };
  }
  const message = error instanceof Error ? error.message : String(error);
  // The client's own class would load the whole contract only to be compared with.
  const hasAnswered = error instanceof Error && error.name === 'ApiError';
  const text = hasAnswered
    ? `the control plane answered: ${message}${adviceFor(error)}`
    : `${message}\n  This should not happen. ${REPORT}`;
  return { text: `Error: ${text}`, exitCode: 1 };
}

/** Answers that say what is missing, but not where to get it. */
function adviceFor(error: Error): string {
  const status = 'status' in error ? error.status : undefined;
  if (status === 401) return `\n  ${ERRORS.UNAUTHORIZED.advice}`;
  return status === 403 ? `\n  ${ERRORS.FORBIDDEN.advice}` : '';
}

const REPORT = 'Please report it with the command that you ran.';
