const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 };
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A setting as it would be written, and in which unit. */
type Written = { readonly value: string; readonly unit: string };

/** Its number; of times the seconds. */
export function amountOf({ value, unit }: Written): number {
  return Number(value) * (SECONDS[unit] ?? 1);
}

/** Times in the largest unit that says them in whole numbers; other values as they are. */
export function settingWords({ value, unit }: Written): string {
  const factor = SECONDS[unit];
  if (factor === undefined) return unit === '' ? value : `${value} ${unit}`;
  const seconds = Number(value) * factor;
  const [noun, length] = UNITS.find(([, each]) => seconds >= each && Number.isInteger(seconds / each)) ?? ['second', 1];
  const amount = seconds / length;
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
