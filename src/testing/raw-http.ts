import { connect, type Socket } from 'node:net';

/** A connection on which a test says exactly the bytes that it wants to. */
export type RawConnection = {
  readonly socket: Socket;
  send(bytes: string | Buffer): void;
  /** What has come so far. */
  text(): string;
  /** Waits until what has come fits; rejects when the server closes before. */
  until(fits: (text: string) => boolean): Promise<string>;
  /** Resolves with all that came when the server has closed. */
  closed(): Promise<string>;
  destroy(): void;
};

/** Opens a connection to this machine. */
export async function rawConnection(port: number): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(text));
    // A server that stops writing is done with us.
    socket.once('end', () => socket.destroy());
  });
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  // A reset is a way of closing.
  socket.on('error', () => {});
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve).once('close', resolve);
  });
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    text: () => text,
    closed: () => closed,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (fits(text)) resolve(text);
        };
        socket.on('data', look);
        void closed.then(() => (fits(text) ? resolve(text) : reject(new Error(`closed after: ${text.slice(0, 500)}`))));
        look();
      }),
    destroy: () => socket.destroy(),
  };
}

/** One request as it is on the wire. */
export function requestText(
  method: string,
  path: string,
  { headers = {}, body = '' }: { headers?: Readonly<Record<string, string>>; body?: string } = {},
): string {
  const length = body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ Host: 'swarm', ...length, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

/** Whether the text holds a whole answer with the length it names. */
export function isWholeAnswer(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /^content-length: (\d+)/im.exec(text.slice(0, end))?.[1];
  return length === undefined || text.length >= end + 4 + Number(length);
}
