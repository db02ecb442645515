import type { Blocks } from './condense.ts';
import type { LayoutTask } from './types.ts';

/**
 * Which edges follow from others: who reads a graph of packages needs to see only the rest, often a quarter of it
 * (transitive reduction: Aho, Garey, Ullman, 1972). One set of bits a block; edges within a circle are all told.
 */
export function impliedEdges({ needs, users }: Pick<LayoutTask, 'needs' | 'users'>, blocks: Blocks): Uint8Array {
  const { count, blockOf, order } = blocks;
  const words = (count + 31) >> 5;
  const reach = new Uint32Array(count * words);
  const placeInOrder = new Int32Array(count);
  for (const [place, block] of order.entries()) placeInOrder[block] = place;
  const implied = new Set<number>();
  for (const block of order) {
    // The nearest first: what it reaches is then known when those further away are looked at.
    const below = (blocks.needs[block] ?? []).toSorted(
      (one, other) => (placeInOrder[other] as number) - (placeInOrder[one] as number),
    );
    for (const need of below) {
      if (isIn(reach, block * words, need)) implied.add(block * count + need);
      else include(reach, block * words, need, words);
    }
  }
  return Uint8Array.from(needs, (need, edge) => {
    const [from, to] = [blockOf[users[edge] as number] as number, blockOf[need] as number];
    return from !== to && implied.has(from * count + to) ? 1 : 0;
  });
}

function isIn(bits: Uint32Array, at: number, member: number): boolean {
  return ((bits[at + (member >> 5)] as number) & (1 << (member & 31))) !== 0;
}

function include(bits: Uint32Array, at: number, member: number, words: number): void {
  for (let word = 0; word < words; word += 1) {
    bits[at + word] = (bits[at + word] as number) | (bits[member * words + word] as number);
  }
  const word = at + (member >> 5);
  bits[word] = (bits[word] as number) | (1 << (member & 31));
}
