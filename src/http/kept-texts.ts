import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scratch } from './scratch.ts';

export type KeptTexts<Part extends object> = {
  /** The texts of all of them, between the brackets and with commas. Not to be changed: others get the same bytes. */
  joined(parts: readonly Part[]): Promise<Uint8Array>;
  /** Write the texts of these now, so that nobody waits for it later. */
  prepare(parts: readonly Part[]): void;
};

type Settings<Part> = {
  readonly write: (part: Part) => string;
  readonly brackets: '[]' | '{}';
  readonly scratch: Scratch;
};

/** Texts that are written in one turn of the event loop: a millisecond. */
const TEXTS_A_TURN = 200;

/**
 * The JSON of long lists, of which few parts change: each is written once, and all are put together once for all
 * who ask for the very same list. While a long one is written, those get their turn who ask for less.
 */
export function keepTexts<Part extends object>({ write, brackets, scratch }: Settings<Part>): KeptTexts<Part> {
  const texts = new WeakMap<Part, string>();
  let last: { readonly parts: readonly Part[]; readonly bytes: Promise<Uint8Array> } | undefined;
  const textOf = (part: Part): string => {
    const before = texts.get(part);
    if (before !== undefined) return before;
    const text = write(part);
    texts.set(part, text);
    return text;
  };
  const prepareAll = async (parts: readonly Part[]) => {
    let left = TEXTS_A_TURN;
    for (const part of parts) {
      if (texts.has(part)) continue;
      if (left === 0) {
        await nextTurn();
        left = TEXTS_A_TURN;
      }
      textOf(part);
      left -= 1;
    }
  };
  const join = async (parts: readonly Part[]) => {
    if (parts.length > TEXTS_A_TURN) await nextTurn();
    await prepareAll(parts);
    return scratch.join(parts.map(textOf), brackets);
  };
  return {
    joined: (parts) => {
      if (last?.parts !== parts) last = { parts, bytes: join(parts) };
      return last.bytes;
    },
    prepare: (parts) => {
      // Putting them together is for practice: the engine needs some to be quick at it when somebody waits.
      scratch.join(parts.map(textOf), brackets);
    },
  };
}
