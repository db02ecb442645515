import { z } from 'zod';

/** Opaque to us; the letters that any tool may put into a path or a log line. */
export const DroneId = z
  .string()
  .regex(/^[A-Za-z0-9_.:@-]{1,128}$/, 'must be 1 to 128 letters, digits or any of _ . : @ -');

/** A drone's human name: a host name's letters, so that it is safe in shells, paths and pages. */
export const DroneName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, 'must be 1 to 63 letters, digits or any of _ . -');

export const AttemptId = z.number().int().positive();
export const AttemptParam = z.coerce.number().int().positive();

/** Free text from outside, bounded; control characters but tab and newline are refused. */
export function text(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .refine((value) => !CONTROL_CHARACTERS.test(value), 'must not hold control characters');
}

const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Query flags as the first version read them: only the word `true`, in any case. */
export const flag = z
  .string()
  .optional()
  .transform((value) => value?.toLowerCase() === 'true');

/** A query number within bounds; empty counts as absent. */
export function queryNumber(bounds: { min: number; max: number; integer?: boolean }) {
  const number = z.coerce.number().min(bounds.min).max(bounds.max);
  return z.preprocess(
    (value) => (value === '' ? undefined : value),
    (bounds.integer === false ? number : number.int()).optional(),
  );
}

/** A query text; empty counts as absent. */
export const queryText = z
  .string()
  .max(500)
  .optional()
  .transform((value) => (value === '' ? undefined : value));
