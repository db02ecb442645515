/** Room to put texts together in, kept from one time to the next: fresh memory costs more than writing to it. */
export type Scratch = {
  /** The texts as UTF-8, with commas between them and the brackets around. */
  join(texts: readonly string[], brackets: '[]' | '{}'): Uint8Array;
};

/** Of UTF-8, for each unit of a JavaScript string. */
const MAX_BYTES_A_UNIT = 3;
const COMMA = 0x2c;
/** So much more than is needed now, so that it need not grow soon. */
const SPARE = 1.25;

/** Starts with nothing, and is never much larger than the longest that was put together. */
export function createScratch(): Scratch {
  let room = Buffer.alloc(0);
  const grow = (used: number, sizeBytes: number) => {
    const larger = Buffer.allocUnsafeSlow(sizeBytes);
    room.copy(larger, 0, 0, used);
    room = larger;
  };
  return {
    join: (texts, brackets) => {
      const units = texts.reduce((sum, text) => sum + text.length + 1, 2);
      // Nearly all of it is ASCII.
      if (units > room.length) grow(0, Math.ceil(units * SPARE));
      // Over the comma before the first goes the opening bracket, or there is nothing between the two.
      let used = texts.length === 0 ? 1 : 0;
      for (const text of texts) {
        const needed = used + MAX_BYTES_A_UNIT * text.length + 2;
        if (needed > room.length) grow(used, Math.ceil(needed * SPARE));
        room[used] = COMMA;
        used += 1 + room.write(text, used + 1);
      }
      room.write(brackets.slice(0, 1), 0);
      room.write(brackets.slice(1), used);
      return Buffer.from(room.subarray(0, used + 1));
    },
  };
}
