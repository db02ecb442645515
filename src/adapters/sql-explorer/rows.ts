/** How much of a binary value is shown, in bytes. */
const BLOB_SHOWN = 256;

/** A value of SQLite, read with safe integers. */
export type Cell = null | bigint | number | string | Uint8Array;

/** Rows as JSON, as many as there is room for. */
export type RowsText = { readonly rows: string[]; readonly truncated: 'rows' | 'bytes' | null };

/**
 * Take rows until there are `maxRows`, or until their JSON would have more than `maxBytes`; no row is cut in
 * the middle. Numbers that JSON cannot carry: infinities become null, integers beyond 2^53 become strings.
 */
export function takeRows(
  rows: Iterable<Cell[]>,
  { maxRows, maxBytes }: { maxRows: number; maxBytes: number },
): RowsText {
  const taken: string[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (taken.length === maxRows) return { rows: taken, truncated: 'rows' };
    const text = rowText(row, maxBytes - bytes);
    if (text === undefined) return { rows: taken, truncated: 'bytes' };
    bytes += Buffer.byteLength(text) + 1;
    taken.push(text);
  }
  return { rows: taken, truncated: null };
}

/** Undefined when it has no room. Counted cell by cell, since one of them may be larger than all there is. */
function rowText(row: readonly Cell[], room: number): string | undefined {
  const cells: string[] = [];
  let left = room - 2;
  for (const cell of row) {
    if (typeof cell === 'string' && cell.length > left) return undefined;
    const text = JSON.stringify(jsonOf(cell));
    left -= Buffer.byteLength(text) + 1;
    if (left < 0) return undefined;
    cells.push(text);
  }
  return `[${cells.join(',')}]`;
}

function jsonOf(cell: Cell): unknown {
  if (typeof cell === 'bigint') {
    const number = Number(cell);
    return Number.isSafeInteger(number) ? number : String(cell);
  }
  if (cell instanceof Uint8Array) {
    return { blob: Buffer.from(cell.subarray(0, BLOB_SHOWN)).toString('hex'), bytes: cell.byteLength };
  }
  // JSON.stringify makes null of what is not finite.
  return cell;
}
