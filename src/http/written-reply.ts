const WRITER = Symbol('writes the reply as JSON');

/** The same reply, which from now on is written by this function, because that knows the text of its parts. */
export function writtenBy<Reply extends object>(reply: Reply, write: () => string): Reply {
  return Object.defineProperty(reply, WRITER, { value: write });
}

/** A reply as JSON. */
export function writtenReply(reply: unknown): string {
  const write = typeof reply === 'object' && reply !== null && (reply as { [WRITER]?: () => string })[WRITER];
  return write ? write() : JSON.stringify(reply);
}
