import { ApiError } from '../client/api-error.ts';

/**
 * What a failed call means for its attempt: `away`, the control plane could not take it now; `stale`,
 * the attempt is not current any more; `refused`, it will never be taken.
 */
export type Setback =
  | { readonly kind: 'away'; readonly why: string }
  | { readonly kind: 'stale' }
  | { readonly kind: 'refused'; readonly status: number; readonly why: string };

export function setbackOf(error: unknown): Setback {
  if (!(error instanceof ApiError))
    return { kind: 'away', why: error instanceof Error ? error.message : String(error) };
  const { status, message: why } = error;
  if (status === 404 || status === 409) return { kind: 'stale' };
  // 2xx is an answer that we do not understand; 408 and 429 ask for another try, 401 and 403 for an operator.
  if (status < 400 || status >= 500 || [401, 403, 408, 429].includes(status)) return { kind: 'away', why };
  return { kind: 'refused', status, why };
}
