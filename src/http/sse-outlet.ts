import { Readable } from 'node:stream';

/** The way to one client, which may read slowly or not at all. */
export type Outlet = {
  /** What the client gets. */
  readonly stream: Readable;
  /** Whether less waits for the client than it may. */
  hasRoom(): boolean;
  /** Nothing waits for the client. */
  isIdle(): boolean;
  /** Hand over bytes that are not changed any more; false, and nothing is kept, when there is no room. */
  send(bytes: Buffer): boolean;
  /** End the stream, with last words if there is room for them. */
  end(lastWords: Buffer): void;
  /** Cut the client off. */
  cut(): void;
  /** Milliseconds for which something has waited and the client has taken nothing. */
  stalledForMs(): number;
};

type Options = {
  /** So much waits for the client and no more, but for the last message. */
  readonly limitBytes: number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** The client has taken everything. */
  readonly onDrained: () => void;
  readonly onClosed: () => void;
};

/** Bytes are shared, not copied: what waits for many clients is there once. */
export function createOutlet({ limitBytes, elapsed, onDrained, onClosed }: Options): Outlet {
  let sentBytes = 0;
  let progress = { takenBytes: 0, at: elapsed() };
  // With such a mark `read` is asked for only when nothing is left.
  const stream = new Readable({ highWaterMark: 1, read: onDrained });
  stream.once('close', onClosed);
  const hasRoom = () => stream.readableLength < limitBytes && !stream.destroyed && !stream.readableEnded;
  return {
    stream,
    hasRoom,
    isIdle: () => stream.readableLength === 0,
    send: (bytes) => {
      if (!hasRoom()) return false;
      sentBytes += bytes.length;
      stream.push(bytes);
      return true;
    },
    end: (lastWords) => {
      if (stream.destroyed) return;
      if (hasRoom()) stream.push(lastWords);
      stream.push(null);
    },
    cut: () => stream.destroy(),
    stalledForMs: () => {
      const takenBytes = sentBytes - stream.readableLength;
      if (stream.readableLength === 0 || takenBytes !== progress.takenBytes) progress = { takenBytes, at: elapsed() };
      return elapsed() - progress.at;
    },
  };
}
