/** What the 512 bytes before a member of a tar archive say. */
export type TarHeader = {
  readonly name: string;
  readonly sizeBytes: number;
  /** `longName`: the content is the name of the next member (GNU). */
  readonly type: 'file' | 'directory' | 'longName' | 'other';
};

export const TAR_BLOCK_BYTES = 512;

/**
 * Reads one header in the formats that GLEP 78 allows: POSIX ustar, and GNU with its long names and
 * large sizes. Answers a sentence if the block is not a whole one: the sum in it must match, so
 * that no single damaged byte of a header gets through.
 */
export function decodeTarHeader(block: Uint8Array): TarHeader | { readonly problem: string } {
  const magic = latin1(block, 257, 8);
  if (magic !== USTAR_MAGIC && magic !== GNU_MAGIC) return { problem: 'a header is neither ustar nor GNU tar' };
  if (!hasRightSum(block)) return { problem: 'a tar header is damaged (wrong checksum)' };
  const sizeBytes = decodeSize(block);
  if (sizeBytes === undefined) return { problem: 'a tar header has no readable size' };
  return { name: decodeName(block, magic), sizeBytes, type: decodeType(block[156] ?? 0) };
}

const USTAR_MAGIC = 'ustar\x0000';
const GNU_MAGIC = 'ustar  \0';
const SUM_OFFSET = 148;
const SUM_BYTES = 8;

/** Python's tarfile ends the sum with NUL and blank, others the other way round; nothing else is a sum. */
function hasRightSum(block: Uint8Array): boolean {
  const written = /^([0-7]{6})(?:\0 | \0)$/.exec(latin1(block, SUM_OFFSET, SUM_BYTES));
  if (written === null) return false;
  // The sum is taken with blanks in its own place.
  const sum = sumOf(block, 0, SUM_OFFSET) + SUM_BYTES * 0x20 + sumOf(block, SUM_OFFSET + SUM_BYTES, block.length);
  return sum === Number.parseInt(written[1] ?? '', 8);
}

/** A plain loop: this runs for every file of every package that arrives. */
function sumOf(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let index = start; index < end; index += 1) sum += bytes[index] ?? 0;
  return sum;
}

/** Octal digits, or with the top bit set a big-endian number (GNU, beyond 8 GiB). */
function decodeSize(block: Uint8Array): number | undefined {
  const field = block.subarray(124, 136);
  if (field[0] === 0x80) {
    const size = field.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
    return Number.isSafeInteger(size) ? size : undefined;
  }
  const digits = /^([0-7]{1,11})[\0 ]+$/.exec(latin1(field, 0, field.length));
  return digits === null ? undefined : Number.parseInt(digits[1] ?? '', 8);
}

/** GNU tar keeps other things where ustar has the prefix of the name. */
function decodeName(block: Uint8Array, magic: string): string {
  const name = fieldText(block.subarray(0, 100));
  const prefix = magic === USTAR_MAGIC ? fieldText(block.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function decodeType(flag: number): TarHeader['type'] {
  switch (String.fromCharCode(flag)) {
    case '0':
    case '\0':
      return 'file';
    case '5':
      return 'directory';
    case 'L':
      return 'longName';
    default:
      return 'other';
  }
}

/** The text in a field, up to its NUL. */
export function fieldText(field: Uint8Array): string {
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('utf8');
}

function latin1(block: Uint8Array, offset: number, length: number): string {
  return Buffer.from(block.buffer, block.byteOffset + offset, length).toString('latin1');
}
