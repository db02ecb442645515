import { EVENT_TYPES } from '../src/core/events.ts';

/** The page of events, line by line. */
export function eventLines(): string[] {
  const rows = Object.entries(EVENT_TYPES).map(([type, says]) => `| \`${type}\` | ${says} |`);
  return ['| type | what happened |', '|---|---|', ...rows];
}
