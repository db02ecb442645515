import type { AttemptId } from '../core/ids.ts';
import type { BuildLogs } from './ports.ts';
import type { StreamReads } from './stream-ports.ts';

/** Lines of a log, and where in it they are, in bytes. */
export type LogPiece = {
  readonly attempt: AttemptId;
  readonly offset: number;
  readonly next: number;
  readonly text: string;
  /** The build is over and this was all. */
  readonly isEnded: boolean;
};

const PIECE_BYTES = 32 * 1024;
const LINE_END = 0x0a;

export type FollowLog = (attempt: AttemptId, offset: number) => Promise<LogPiece | undefined>;

/** The whole lines from an offset on, some at a time; undefined when none have arrived, but more may. */
export function followLog({ logs, reads }: { logs: BuildLogs; reads: StreamReads }): FollowLog {
  return async (attempt, offset) => {
    // Asked before the log is read: what is written until then is in it.
    const isOver = (await reads.attemptState(attempt)) !== 'running';
    const bytes = await readSome(logs, attempt, offset);
    const isLast = isOver && bytes.length < PIECE_BYTES;
    const whole = isLast ? bytes : wholeLines(bytes);
    if (whole.length === 0 && !isLast) return undefined;
    return { attempt, offset, next: offset + whole.length, text: whole.toString('utf8'), isEnded: isLast };
  };
}

async function readSome(logs: BuildLogs, attempt: AttemptId, offset: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (await logs.read(attempt, offset)) ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= PIECE_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, PIECE_BYTES);
}

/** Up to the last line end; a line that is longer than a piece is cut between two characters. */
function wholeLines(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf(LINE_END) + 1;
  if (end > 0 || bytes.length < PIECE_BYTES) return bytes.subarray(0, end);
  let cut = bytes.length;
  while (cut > bytes.length - 4 && isInsideCharacter(bytes[cut - 1])) cut -= 1;
  return bytes.subarray(0, cut);
}

/** Anything but plain ASCII may be in the middle of a character. */
function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80;
}
