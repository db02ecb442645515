import { SwarmError } from '../../core/errors.ts';

/** A disk or quota that is full as an error for operators, STORE_FULL; everything else as it is. */
export function diskError(error: unknown, where: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EFBIG') return error;
  return new SwarmError('STORE_FULL', `there is no room left in ${where}: nothing of this request was stored`, {
    cause: error,
  });
}
