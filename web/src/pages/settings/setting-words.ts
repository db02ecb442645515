import type { Reply } from '../../api/api.ts';

export type Setting = Reply<'configuration'>['settings'][number];

/** A value with its unit. */
export function valueText({ value, unit }: Setting): string {
  if (value === null || value === '') return 'none';
  return unit === null ? value : `${value} ${unit}`;
}

/** As the configuration file has it; secrets are to be filled in. */
export function jsonText({ secret, value }: Setting): string {
  if (secret || value === null) return '"…"';
  return /^-?\d+(\.\d+)?$/.test(value) ? value : JSON.stringify(value);
}
