/** A row of an old database: its tables were not STRICT, so that any column may hold anything. */
export type OldRow = Readonly<Record<string, unknown>>;

/** The value as text, as far as it can be one. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return Buffer.isBuffer(value) ? utf8Of(value) : null;
}

/** The value as a finite number; a text counts if it is nothing but one. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value)) return null;
  return numberOf(Number(value));
}

/** The value as a whole number; what is behind the point is cut off. */
export function integerOf(value: unknown): number | null {
  const number = numberOf(value);
  return number !== null && Number.isSafeInteger(Math.trunc(number)) ? Math.trunc(number) : null;
}

/** The value as a count: whole and not below zero. */
export function countOf(value: unknown): number {
  return Math.max(0, integerOf(value) ?? 0);
}

/** The text of a JSON object; null when it is not one. */
export function jsonObjectOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? value : null;
  } catch {
    return null;
  }
}

/** The whole row as JSON, blobs in hex, so that nothing of it is lost. */
export function rowAsJson(row: OldRow): string {
  return JSON.stringify(row, (_key, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    return isBufferAsJson(value) ? { hex: Buffer.from(value.data).toString('hex') } : value;
  });
}

/** A Buffer has turned itself into this before a replacer sees it. */
function isBufferAsJson(value: unknown): value is { data: number[] } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value;
}

function utf8Of(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
