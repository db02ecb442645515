import { isSuspect, redactText, redactValue } from './redact.ts';

/** A body as it is kept, and what it says where somebody wants to know. */
export type Body = {
  readonly kept: string | null;
  /** Undefined unless the body is whole and a JSON object or list. */
  readonly said: unknown;
};

const NO_BODY: Body = { kept: null, said: undefined };

/** Read a body: secrets hidden, parsed only where it is asked for or where something has to be hidden. */
export function readBody(text: string | null, { isCut, isWanted }: { isCut: boolean; isWanted: boolean }): Body {
  if (text === null || text === '') return NO_BODY;
  const hides = isSuspect(text);
  const said = !isCut && (isWanted || hides) ? parse(text) : undefined;
  if (!hides) return { kept: text, said };
  if (said === undefined) return { kept: redactText(text), said };
  return hidden(said, text);
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function hidden(value: unknown, text: string): Body {
  try {
    const said = redactValue(value);
    return { kept: JSON.stringify(said), said };
  } catch {
    // Nested deeper than the stack; nobody wants to read it, but it is kept.
    return { kept: redactText(text), said: undefined };
  }
}

/** The member of an object. */
export function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

const MAX_NAME = 300;

/** A name, a state or another short text; null for anything else. */
export function nameOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_NAME) : null;
}
