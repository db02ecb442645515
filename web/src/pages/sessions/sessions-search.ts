export const SESSION_STATES = ['all', 'active', 'completed', 'aborted'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** Which sessions are shown, as the address says; what is usual is left out. */
export type SessionsSearch = { readonly state?: SessionState | undefined; readonly text?: string | undefined };

/** Reads an address that anybody may have written. */
export function sessionsSearch({ state, text }: Record<string, unknown>): SessionsSearch {
  const known = SESSION_STATES.find((each) => each === state);
  return { ...(known === undefined || known === 'all' ? {} : { state: known }), ...words('text', text, 200) };
}

export const PACKAGE_STATES = ['all', 'delegated', 'needed', 'blocked', 'failed', 'received'] as const;
export type PackageState = (typeof PACKAGE_STATES)[number];

/** Which packages of a session are shown. */
export type SessionSearch = { readonly state?: PackageState | undefined; readonly text?: string | undefined };

/** Reads an address that anybody may have written. */
export function sessionSearch({ state, text }: Record<string, unknown>): SessionSearch {
  const known = PACKAGE_STATES.find((each) => each === state);
  return { ...(known === undefined || known === 'all' ? {} : { state: known }), ...words('text', text, 200) };
}

/** Ids or names of the two that are compared. */
export type CompareSearch = { readonly a?: string | undefined; readonly b?: string | undefined };

/** Reads an address that anybody may have written. */
export function compareSearch({ a, b }: Record<string, unknown>): CompareSearch {
  return { ...words('a', a, 200), ...words('b', b, 200) };
}

function words<Name extends string>(name: Name, value: unknown, longest: number): { [N in Name]?: string } {
  const text = typeof value === 'number' ? String(value) : value;
  // One of the names, as asked for.
  return typeof text === 'string' && text !== ''
    ? ({ [name]: text.slice(0, longest) } as { [N in Name]?: string })
    : {};
}
