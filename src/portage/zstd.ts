import { Decompress } from 'fzstd';

/** What `zstd --long` writes at most; without the option a window is 8 MiB. */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;

/**
 * The content of a zstd file, or a sentence that says why there is none. Never gives or holds more
 * than `maxBytes` of content, whatever the file claims (RFC 8878).
 */
export function inflateZstd(bytes: Uint8Array, maxBytes: number): Uint8Array | { readonly problem: string } {
  const windowBytes = largestWindow(bytes);
  if (windowBytes === undefined) return { problem: 'it is not a whole zstd file' };
  // The decompressor would allocate what is claimed here before it has seen any data.
  if (windowBytes > MAX_WINDOW_BYTES) return { problem: `it wants a zstd window of ${windowBytes} bytes` };
  try {
    return inflate(bytes, maxBytes) ?? { problem: `it holds more than ${maxBytes} bytes` };
  } catch (error) {
    return { problem: `its zstd data is damaged (${error instanceof Error ? error.message : 'unknown reason'})` };
  }
}

function inflate(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  const stream = new Decompress((piece) => {
    sizeBytes += piece.length;
    if (sizeBytes <= maxBytes) pieces.push(piece.slice());
  });
  // In slices, so that a bomb is noticed long before it has gone off.
  for (let offset = 0; offset < bytes.length && sizeBytes <= maxBytes; offset += SLICE_BYTES) {
    const isLast = offset + SLICE_BYTES >= bytes.length;
    stream.push(bytes.subarray(offset, offset + SLICE_BYTES), isLast);
  }
  return sizeBytes > maxBytes ? undefined : Buffer.concat(pieces);
}

const SLICE_BYTES = 16 * 1024;

/** The largest window of any frame; undefined if the frames do not fill the file exactly. */
function largestWindow(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let largest = 0;
  let offset = 0;
  while (offset + 8 <= bytes.length) {
    const frame = readFrame(view, offset);
    if (frame === undefined) return undefined;
    largest = Math.max(largest, frame.windowBytes);
    offset = frame.end;
  }
  return offset === bytes.length && offset > 0 ? largest : undefined;
}

type Frame = { readonly windowBytes: number; readonly end: number };

function readFrame(view: DataView, start: number): Frame | undefined {
  const magic = view.getUint32(start, true);
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC)
    return { windowBytes: 0, end: start + 8 + view.getUint32(start + 4, true) };
  if (magic !== FRAME_MAGIC) return undefined;
  const descriptor = view.getUint8(start + 4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const contentSizeBytes = CONTENT_SIZE_BYTES[descriptor >> 6] || (isSingleSegment ? 1 : 0);
  const sizeOffset = start + 5 + (isSingleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0);
  const blocks = sizeOffset + (contentSizeBytes ?? 0);
  if (blocks > view.byteLength) return undefined;
  const windowBytes = isSingleSegment
    ? littleEndian(view, sizeOffset, contentSizeBytes ?? 0)
    : windowOf(view.getUint8(start + 5));
  const end = endOfBlocks(view, blocks);
  return end === undefined ? undefined : { windowBytes, end: end + ((descriptor & 4) !== 0 ? 4 : 0) };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function endOfBlocks(view: DataView, start: number): number | undefined {
  let offset = start;
  while (offset + 3 <= view.byteLength) {
    const header = littleEndian(view, offset, 3);
    const isRunLength = ((header >> 1) & 3) === 1;
    offset += 3 + (isRunLength ? 1 : header >> 3);
    if ((header & 1) !== 0) return offset <= view.byteLength ? offset : undefined;
  }
  return undefined;
}

function littleEndian(view: DataView, offset: number, length: number): number {
  let value = 0;
  for (let index = length - 1; index >= 0; index -= 1) value = value * 256 + view.getUint8(offset + index);
  return value;
}
