import { decodeTarHeader, fieldText, TAR_BLOCK_BYTES, type TarHeader } from './tar-header.ts';

/** What happens while an archive is read; `bytes` is a part of the last `member`'s content. */
export type TarEvent =
  | { readonly kind: 'member'; readonly name: string; readonly sizeBytes: number; readonly type: TarHeader['type'] }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'memberEnd' }
  | { readonly kind: 'problem'; readonly problem: string };

export type TarParser = {
  /** The next bytes of the archive, in pieces of any size. The events share their memory with `chunk`. */
  readonly push: (chunk: Uint8Array) => TarEvent[];
  /** There are no more bytes: empty if the archive is whole, else a `problem`. */
  readonly finish: () => TarEvent[];
};

export type TarRules = {
  /**
   * The archive must be padded to whole records of this many bytes, and by no more than that, which
   * fixes its length to the byte. 512 accepts any padding of zeros.
   */
  readonly recordBytes: number;
};

/** Archives written by tar programs come in records of 20 blocks (POSIX pax, "blocking factor"). */
export const TAR_RECORD_BYTES = 20 * TAR_BLOCK_BYTES;

const END_BYTES = 2 * TAR_BLOCK_BYTES;
const MAX_NAME_BYTES = 4096;
const NO_BYTES = new Uint8Array(0);

type State = {
  stage: 'header' | 'content' | 'padding' | 'end' | 'broken';
  /** Bytes of content or padding still to come. */
  remaining: number;
  /** The incomplete block at the end of what was pushed. */
  rest: Uint8Array;
  current: TarHeader | null;
  longName: Uint8Array[] | null;
  nextName: string | null;
  /** Where the last member ended, padding included (known in stage `end`); and how far we are. */
  membersEnd: number;
  position: number;
};

/**
 * A tar archive as events, without holding any of it. Stricter than tar programs, since everything
 * that a check sum does not cover must have its one legal value: padding is zeros, after the end
 * there is nothing but zeros, and the archive ends where it must. After a `problem` nothing follows.
 */
export function createTarParser(rules: TarRules): TarParser {
  const state: State = {
    ...{ stage: 'header', remaining: 0, rest: NO_BYTES, current: null },
    ...{ longName: null, nextName: null, membersEnd: 0, position: 0 },
  };
  return {
    push: (chunk) => readAll(state, chunk),
    finish: () => finish(state, rules),
  };
}

function readAll(state: State, chunk: Uint8Array): TarEvent[] {
  const events: TarEvent[] = [];
  let left = chunk;
  while (left.length > 0 && state.stage !== 'broken') {
    const taken = readSome(state, left, events);
    state.position += taken;
    left = left.subarray(taken);
  }
  return events;
}

/** How many bytes it used: at least one. */
function readSome(state: State, bytes: Uint8Array, events: TarEvent[]): number {
  switch (state.stage) {
    case 'header':
      return readHeader(state, bytes, events);
    case 'content':
      return readContent(state, bytes, events);
    case 'padding':
      return readPadding(state, bytes, events);
    case 'end':
    case 'broken':
      if (!isZero(bytes)) fail(state, events, 'something follows after the end of the archive');
      return bytes.length;
  }
}

function readHeader(state: State, bytes: Uint8Array, events: TarEvent[]): number {
  const wanted = TAR_BLOCK_BYTES - state.rest.length;
  const piece = bytes.subarray(0, wanted);
  const block = state.rest.length === 0 ? piece : Buffer.concat([state.rest, piece]);
  if (block.length < TAR_BLOCK_BYTES) {
    // A copy: the caller may reuse its memory.
    state.rest = Uint8Array.from(block);
    return piece.length;
  }
  state.rest = NO_BYTES;
  if (isZero(block)) beginEnd(state, events);
  else beginMember(state, block, events);
  return piece.length;
}

function beginEnd(state: State, events: TarEvent[]): void {
  state.stage = 'end';
  // Blocks begin at multiples of their size, and we are somewhere in the first of the end.
  state.membersEnd = Math.floor(state.position / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
  if (state.nextName !== null) fail(state, events, 'a long name is followed by no member');
}

function beginMember(state: State, block: Uint8Array, events: TarEvent[]): void {
  const header = decodeTarHeader(block);
  if ('problem' in header) return fail(state, events, header.problem);
  if (header.type === 'longName') {
    if (header.sizeBytes > MAX_NAME_BYTES) return fail(state, events, 'a member has a name without end');
    state.longName = [];
  } else {
    events.push({ kind: 'member', ...header, name: state.nextName ?? header.name });
    state.nextName = null;
  }
  state.current = header;
  state.remaining = header.sizeBytes;
  state.stage = 'content';
  if (header.sizeBytes === 0) endContent(state, events);
}

function readContent(state: State, bytes: Uint8Array, events: TarEvent[]): number {
  const piece = bytes.subarray(0, state.remaining);
  state.remaining -= piece.length;
  if (state.longName === null) events.push({ kind: 'bytes', bytes: piece });
  else state.longName.push(Uint8Array.from(piece));
  if (state.remaining === 0) endContent(state, events);
  return piece.length;
}

function endContent(state: State, events: TarEvent[]): void {
  if (state.longName === null) events.push({ kind: 'memberEnd' });
  else state.nextName = fieldText(Buffer.concat(state.longName));
  state.longName = null;
  const sizeBytes = state.current?.sizeBytes ?? 0;
  state.remaining = roundUp(sizeBytes, TAR_BLOCK_BYTES) - sizeBytes;
  state.stage = state.remaining === 0 ? 'header' : 'padding';
}

function readPadding(state: State, bytes: Uint8Array, events: TarEvent[]): number {
  const piece = bytes.subarray(0, state.remaining);
  state.remaining -= piece.length;
  if (state.remaining === 0) state.stage = 'header';
  if (!isZero(piece)) fail(state, events, 'the padding after a member is not empty');
  return piece.length;
}

function finish(state: State, { recordBytes }: TarRules): TarEvent[] {
  if (state.stage === 'broken') return [];
  const endBytes = state.position - state.membersEnd;
  const wholeBytes = roundUp(state.membersEnd + END_BYTES, recordBytes);
  if (state.stage !== 'end' || endBytes < END_BYTES || state.position < wholeBytes)
    return [{ kind: 'problem', problem: `the archive is cut off after ${state.position} bytes` }];
  const isLonger = recordBytes > TAR_BLOCK_BYTES && state.position > wholeBytes;
  if (!isLonger && state.position % TAR_BLOCK_BYTES === 0) return [];
  return [{ kind: 'problem', problem: `${state.position - wholeBytes} bytes follow after the end of the archive` }];
}

function fail(state: State, events: TarEvent[], problem: string): void {
  state.stage = 'broken';
  events.push({ kind: 'problem', problem });
}

function isZero(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index += 1) if (bytes[index] !== 0) return false;
  return true;
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
