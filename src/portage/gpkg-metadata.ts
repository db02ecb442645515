import { gunzipSync } from 'node:zlib';
import { type BinpkgFacts, isMetadataKey, MAX_METADATA_BYTES } from './binpkg.ts';
import { TAR_BLOCK_BYTES } from './tar-header.ts';
import { createTarParser, type TarEvent } from './tar-parser.ts';
import { inflateZstd } from './zstd.ts';

/**
 * Unpacks what Node cannot: `name` tells the compression by its extension (`metadata.tar.xz`).
 * Throws or rejects if it cannot either. May give at most `maxBytes`.
 */
export type DecompressMetadata = (
  name: string,
  bytes: Uint8Array,
  maxBytes: number,
) => Promise<Uint8Array> | Uint8Array;

type Metadata = BinpkgFacts['metadata'];
type Problem = { readonly problem: string };

/** The keys in the `metadata.tar[.zst|.gz|…]` of a gpkg. */
export async function readGpkgMetadata(
  name: string,
  packed: Uint8Array,
  decompress?: DecompressMetadata,
): Promise<{ readonly metadata: Metadata } | Problem> {
  const archive = await unpack(name, packed, decompress);
  return 'problem' in archive ? { problem: `${name} cannot be read: ${archive.problem}` } : readKeys(archive);
}

async function unpack(
  name: string,
  packed: Uint8Array,
  decompress: DecompressMetadata | undefined,
): Promise<Uint8Array | Problem> {
  if (name.endsWith('.tar')) return packed;
  if (name.endsWith('.zst')) return inflateZstd(packed, MAX_METADATA_BYTES);
  if (name.endsWith('.gz')) return attempt(() => gunzipSync(packed, { maxOutputLength: MAX_METADATA_BYTES }));
  if (decompress === undefined) return { problem: `this program has no decompressor for it` };
  const unpacked = await attempt(() => decompress(name, packed, MAX_METADATA_BYTES));
  if ('problem' in unpacked || unpacked.length <= MAX_METADATA_BYTES) return unpacked;
  return { problem: `it holds more than ${MAX_METADATA_BYTES} bytes` };
}

async function attempt(unpackNow: () => Promise<Uint8Array> | Uint8Array): Promise<Uint8Array | Problem> {
  try {
    return await unpackNow();
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'unknown reason' };
  }
}

type Reading = { readonly keys: Map<string, string>; open: { key: string | null; readonly pieces: Uint8Array[] } };

function readKeys(archive: Uint8Array): { readonly metadata: Metadata } | Problem {
  // Its bytes are covered by the Manifest, so that its padding need not be.
  const parser = createTarParser({ recordBytes: TAR_BLOCK_BYTES });
  const reading: Reading = { keys: new Map(), open: { key: null, pieces: [] } };
  for (const event of [...parser.push(archive), ...parser.finish()]) {
    const problem = apply(reading, event);
    if (problem !== undefined) return { problem: `its metadata is not in order: ${problem}` };
  }
  return { metadata: Object.fromEntries(reading.keys) };
}

function apply({ keys, open }: Reading, event: TarEvent): string | undefined {
  switch (event.kind) {
    case 'member':
      return beginKey(open, event);
    case 'bytes':
      if (open.key !== null) open.pieces.push(event.bytes);
      return undefined;
    case 'memberEnd':
      return endKey(keys, open);
    case 'problem':
      return event.problem;
  }
}

function beginKey(open: Reading['open'], { name, type }: TarEvent & { kind: 'member' }): string | undefined {
  open.key = null;
  open.pieces.length = 0;
  if (type === 'directory' && /^metadata\/?$/.test(name)) return undefined;
  const [, key] = /^metadata\/([^/]+)$/.exec(name) ?? [];
  if (type !== 'file' || key === undefined || key === '.' || key === '..')
    return `${JSON.stringify(name)} is not a file in the directory metadata`;
  open.key = isMetadataKey(key) ? key : null;
  return undefined;
}

function endKey(keys: Reading['keys'], { key, pieces }: Reading['open']): string | undefined {
  if (key === null) return undefined;
  if (keys.has(key)) return `the key ${key} is there twice`;
  keys.set(key, Buffer.concat(pieces).toString('utf8').trim());
  return undefined;
}
