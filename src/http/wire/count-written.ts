import type { ServerResponse } from 'node:http';

/** Count the bytes of the body that are written from now on, as they are handed to the socket. */
export function countWritten(raw: ServerResponse): { bytes: number } {
  const counter = { bytes: 0 };
  const count = (chunk: unknown): void => {
    if (typeof chunk === 'string') counter.bytes += Buffer.byteLength(chunk);
    else if (chunk instanceof Uint8Array) counter.bytes += chunk.length;
  };
  const write = raw.write.bind(raw) as (...args: unknown[]) => boolean;
  const end = raw.end.bind(raw) as (...args: unknown[]) => ServerResponse;
  // Both are overloaded in ways that do not matter to who only looks at the first argument.
  raw.write = ((...args: unknown[]) => {
    count(args[0]);
    return write(...args);
  }) as typeof raw.write;
  raw.end = ((...args: unknown[]) => {
    count(args[0]);
    return end(...args);
  }) as typeof raw.end;
  return counter;
}
