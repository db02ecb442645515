import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Block, compareBlocks, renderBlock } from '../../portage/packages-index.ts';

/** The packages of an index, rendered and compressed piece by piece, so that a new one touches one piece. */
const compress = promisify(gzip);

export type IndexShards = {
  readonly size: () => number;
  /** Put a package in its place; one of the same PATH is replaced. */
  readonly put: (block: Block) => void;
  /** The rendered pieces, in the order of the index. */
  readonly plain: () => readonly Uint8Array[];
  /** The same, each piece a gzip member of its own: one after the other they are a gzip file (RFC 1952). */
  readonly compressed: () => Promise<readonly Uint8Array[]>;
};

type Shard = {
  /** In the order of the index; never empty. */
  blocks: Entry[];
  plain: Uint8Array | null;
  compressed: Uint8Array | null;
};
/** What is compared, and the rendered text. */
type Entry = { readonly key: Block; text: Uint8Array };

/** A piece of twice as many packages is cut in two. Smaller ones are cheaper to change, larger ones compress better. */
const SHARD_BLOCKS = 24;
const GZIP_LEVEL = 3;

/** The packages of an index, first of all these. */
export function createIndexShards(blocks: readonly Block[]): IndexShards {
  const shards = cut(blocks.toSorted(compareBlocks).map(entryOf)).map(shardOf);
  let size = blocks.length;
  return {
    size: () => size,
    put: (block) => {
      size += put(shards, entryOf(block)) ? 1 : 0;
    },
    plain: () => shards.map(plainOf),
    compressed: async () => {
      const changed = shards.filter((shard) => shard.compressed === null);
      // One after the other: a burst of them must not keep everything else from the threads.
      for (const shard of changed) shard.compressed = await compress(plainOf(shard), { level: GZIP_LEVEL });
      return shards.flatMap((shard) => shard.compressed ?? []);
    },
  };
}

/** Whether it is one more. */
function put(shards: Shard[], entry: Entry): boolean {
  const index = placeOf(shards, entry);
  const shard = shards[index];
  if (shard === undefined) {
    shards.push(shardOf([entry]));
    return true;
  }
  const isNew = insert(shard.blocks, entry);
  shards.splice(
    index,
    1,
    ...(shard.blocks.length > 2 * SHARD_BLOCKS ? cut(shard.blocks) : [shard.blocks]).map(shardOf),
  );
  return isNew;
}

/** The last piece that begins at or before the entry, so that instances of one CPV stay together. */
function placeOf(shards: readonly Shard[], entry: Entry): number {
  let [low, high] = [0, shards.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const first = shards[middle]?.blocks[0];
    if (first !== undefined && compareBlocks(first.key, entry.key) <= 0) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** Behind its like, as in the order given; a package of the same PATH gives up its place. */
function insert(blocks: Entry[], entry: Entry): boolean {
  const same = blocks.findIndex((each) => each.key['PATH'] === entry.key['PATH']);
  if (same >= 0) {
    blocks[same] = entry;
    return false;
  }
  const next = blocks.findIndex((each) => compareBlocks(each.key, entry.key) > 0);
  blocks.splice(next < 0 ? blocks.length : next, 0, entry);
  return true;
}

/** Never between two instances of one CPV. */
function cut(blocks: readonly Entry[]): Entry[][] {
  const pieces: Entry[][] = [];
  for (const entry of blocks) {
    const last = pieces.at(-1);
    const before = last?.at(-1);
    const isFull = last === undefined || last.length >= SHARD_BLOCKS;
    if (isFull && (before === undefined || compareBlocks(before.key, entry.key) !== 0)) pieces.push([entry]);
    else last?.push(entry);
  }
  return pieces;
}

function shardOf(blocks: Entry[]): Shard {
  return { blocks, plain: null, compressed: null };
}

function entryOf(block: Block): Entry {
  const { CPV = '', PATH = '' } = block;
  return { key: { CPV, PATH }, text: Buffer.from(renderBlock(block), 'utf8') };
}

/** Put together once; from then on its packages are parts of it, so that all is held only once. */
function plainOf(shard: Shard): Uint8Array {
  if (shard.plain !== null) return shard.plain;
  const plain = Buffer.concat(shard.blocks.map((entry) => entry.text));
  let offset = 0;
  for (const entry of shard.blocks) {
    const end = offset + entry.text.length;
    entry.text = plain.subarray(offset, end);
    offset = end;
  }
  shard.plain = plain;
  return plain;
}
