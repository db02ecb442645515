import { z } from 'zod';
import { SwarmError } from '../../core/errors.ts';

/** A number written as text, within bounds that the error names. */
export function numberBetween(min: number, max: number, unit = ''): z.ZodType<number, string> {
  return written(/^\d+(\.\d+)?$/, { min, max, range: `must be a number from ${min} to ${max}${unit}` });
}

/** As `numberBetween`, for whole numbers. */
export function integerBetween(min: number, max: number, unit = ''): z.ZodType<number, string> {
  return written(/^\d+$/, { min, max, range: `must be a whole number from ${min} to ${max}${unit}` });
}

function written(pattern: RegExp, { min, max, range }: { min: number; max: number; range: string }) {
  return z
    .string()
    .trim()
    .regex(pattern, range)
    .transform(Number)
    .refine((value) => value >= min && value <= max, range);
}

export const Port = integerBetween(0, 65_535);

/**
 * The settings that `values` hold; an empty one counts as absent.
 * @throws SwarmError BAD_SETTING with the setting, its value and what it may be
 */
export function readSettings<S extends z.ZodType>(schema: S, values: Readonly<Record<string, unknown>>): z.output<S> {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'cannot be used' };
  const name = String(path[0]);
  throw new SwarmError('BAD_SETTING', `${name} ${message}, not ${JSON.stringify(given[name])}`, {
    cause: parsed.error,
  });
}

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Timers take no more. */
const LONGEST_MS = 24 * UNIT_MS.d;

/** How long somebody waits at most, in milliseconds: `90s`, `30m`, `12h`, `2d`, seconds without a unit; or for ever. */
export const waitingTime = z
  .string()
  .regex(/^\d{1,9}[smhd]?$/, 'must be a time such as 90s, 30m, 12h or 2d; seconds without a unit')
  .transform((text) => {
    const unit = /[smhd]$/.exec(text)?.[0] ?? 's';
    return Number.parseInt(text, 10) * UNIT_MS[unit as keyof typeof UNIT_MS];
  })
  .refine((ms) => ms <= LONGEST_MS, 'must be at most 24d')
  .optional();
