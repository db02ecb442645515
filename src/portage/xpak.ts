import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { type BinpkgFacts, type BinpkgReading, identify, isMetadataKey, MAX_METADATA_BYTES } from './binpkg.ts';

/**
 * Reads an XPAK binary package (`.xpak`, `.tbz2`; portage/xpak.py): a compressed archive of the
 * image with the metadata behind it. The format has no sums of its own: what is checked is that
 * both parts are there and whole in form. Whether the image arrived undamaged can only be told by
 * comparing the hashes of the answer with the builder's.
 * Errors of the file system are thrown as they are.
 */
export async function readXpak(path: string): Promise<BinpkgReading> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const segment = await readSegment(file, size);
    if ('problem' in segment) return { refused: segment.problem };
    const keys = readKeys(segment.bytes);
    if ('problem' in keys) return { refused: keys.problem };
    const identity = identify(keys.metadata);
    if ('refused' in identity) return identity;
    const facts = { format: 'xpak', ...identity, metadata: keys.metadata, sizeBytes: size, signed: false } as const;
    return { ok: { ...facts, ...(await hashFile(file)) } };
  } finally {
    await file.close();
  }
}

type Problem = { readonly problem: string };

const HEAD_BYTES = 16; // XPAKPACK, length of the index, length of the data
const TAIL_BYTES = 8; // length of the segment, STOP
const SEGMENT_END = 'XPAKSTOP';

const TAR_MAGIC_OFFSET = 257;

/** The first bytes of what an image can be packed with. */
const IMAGE_MAGICS: readonly (readonly number[])[] = [
  [0x42, 0x5a, 0x68], // bzip2
  [0x28, 0xb5, 0x2f, 0xfd], // zstd
  [0x1f, 0x8b], // gzip
  [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], // xz
  [0x04, 0x22, 0x4d, 0x18], // lz4
  [0x4c, 0x5a, 0x49, 0x50], // lzip
  [0x89, 0x4c, 0x5a, 0x4f], // lzop
];

/** The part from XPAKPACK to XPAKSTOP, found from the end of the file. */
async function readSegment(file: FileHandle, size: number): Promise<{ readonly bytes: Buffer } | Problem> {
  if (size < HEAD_BYTES + SEGMENT_END.length + TAIL_BYTES) return { problem: 'it is too short for an XPAK package' };
  const tail = await readAt(file, size - SEGMENT_END.length - TAIL_BYTES, SEGMENT_END.length + TAIL_BYTES);
  if (tail.toString('latin1', 0, 8) !== SEGMENT_END || tail.toString('latin1', 12) !== 'STOP')
    return { problem: 'it does not end like an XPAK package; it may be cut off' };
  const length = tail.readUInt32BE(8);
  const start = size - TAIL_BYTES - length;
  if (start < 0 || length < HEAD_BYTES + SEGMENT_END.length || length > MAX_METADATA_BYTES)
    return { problem: `its metadata cannot be ${length} bytes long` };
  const image = await readAt(file, 0, Math.min(TAR_MAGIC_OFFSET + 5, start));
  if (!isArchive(image)) return { problem: 'there is no archive before its metadata' };
  return { bytes: await readAt(file, start, length) };
}

function isArchive(start: Buffer): boolean {
  const isPacked = IMAGE_MAGICS.some((magic) => magic.every((byte, index) => start[index] === byte));
  return isPacked || start.toString('latin1', TAR_MAGIC_OFFSET) === 'ustar';
}

function readKeys(segment: Buffer): { readonly metadata: BinpkgFacts['metadata'] } | Problem {
  const [indexBytes, dataBytes] = [segment.readUInt32BE(8), segment.readUInt32BE(12)];
  const isWhole =
    segment.toString('latin1', 0, 8) === 'XPAKPACK' &&
    HEAD_BYTES + indexBytes + dataBytes + SEGMENT_END.length === segment.length;
  if (!isWhole) return { problem: 'the parts of its metadata do not add up' };
  const index = segment.subarray(HEAD_BYTES, HEAD_BYTES + indexBytes);
  const data = segment.subarray(HEAD_BYTES + indexBytes, HEAD_BYTES + indexBytes + dataBytes);
  const keys = new Map<string, string>();
  for (let offset = 0; offset < index.length; ) {
    const entry = readEntry(index, offset, data);
    if (entry === undefined) return { problem: 'the index of its metadata is damaged' };
    if (keys.has(entry.name)) return { problem: `the key ${entry.name} is there twice` };
    keys.set(entry.name, entry.value);
    offset = entry.end;
  }
  return { metadata: Object.fromEntries([...keys].filter(([name]) => isMetadataKey(name))) };
}

type Entry = { readonly name: string; readonly value: string; readonly end: number };

function readEntry(index: Buffer, offset: number, data: Buffer): Entry | undefined {
  if (offset + 4 > index.length) return undefined;
  const nameEnd = offset + 4 + index.readUInt32BE(offset);
  if (nameEnd + 8 > index.length) return undefined;
  const [start, length] = [index.readUInt32BE(nameEnd), index.readUInt32BE(nameEnd + 4)];
  if (start + length > data.length) return undefined;
  const value = data.toString('utf8', start, start + length).trim();
  return { name: index.toString('utf8', offset + 4, nameEnd), value, end: nameEnd + 8 };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}

async function hashFile(file: FileHandle): Promise<Pick<BinpkgFacts, 'md5' | 'sha1' | 'sha256'>> {
  const hashes = [createHash('md5'), createHash('sha1'), createHash('sha256')] as const;
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) {
    for (const hash of hashes) hash.update(chunk as Buffer);
  }
  return { md5: hashes[0].digest('hex'), sha1: hashes[1].digest('hex'), sha256: hashes[2].digest('hex') };
}
