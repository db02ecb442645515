const WRITER = Symbol('writes the reply as JSON');

/** JSON as text, or as the UTF-8 bytes of it. */
export type Written = string | Uint8Array;

/** The same reply, which from now on is written by this function, because that knows the text of its parts. */
export function writtenBy<Reply extends object>(reply: Reply, write: () => Written): Reply {
  return Object.defineProperty(reply, WRITER, { value: write });
}

/** A reply as JSON. */
export function writtenReply(reply: unknown): Written {
  const write = typeof reply === 'object' && reply !== null && (reply as { [WRITER]?: () => Written })[WRITER];
  return write ? write() : JSON.stringify(reply);
}
