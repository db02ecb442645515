import { fileURLToPath } from 'node:url';

/** The text of bridge/guard.py, put in where the program is made into one file (scripts/bundle-agent.ts). */
declare const BUNDLED_GUARD: string | undefined;

/** What to tell a Python so that it guards the command that follows; see bridge/guard.py. */
export function guardArguments(): readonly string[] {
  // Isolated (-I) from the caller's PYTHON variables and packages (-S), it starts in a few milliseconds.
  return ['-I', '-S', ...(typeof BUNDLED_GUARD === 'string' ? ['-c', BUNDLED_GUARD] : [guardFile()])];
}

function guardFile(): string {
  return fileURLToPath(new URL('../../bridge/guard.py', import.meta.url));
}
