// A small HTTP/1.1 client over kept-alive sockets: its own cost must not hide the server's.
import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/** One connection that answers one request after the other, made when it is first needed. */
function lane(port) {
  let waiting;
  let socket;
  return {
    send: (wire) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject, startedAt: performance.now() };
        // A server closes what is not used.
        if (socket === undefined || socket.destroyed || !socket.writable) socket = open(port, settle, fail);
        socket.write(wire);
      }),
    close: () => socket?.destroy(),
  };

  function settle(status, body) {
    const asked = waiting;
    waiting = undefined;
    asked?.resolve({ status, body, ms: performance.now() - asked.startedAt });
  }

  function fail(from, error) {
    if (from === socket) waiting?.reject(error);
  }
}

function open(port, settle, fail) {
  // An answer of megabytes comes in many chunks; they are put together once.
  let chunks = [];
  let received = 0;
  let needed = 0;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', (error) => fail(socket, error));
  socket.on('close', () => fail(socket, new Error('the server closed the connection')));
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    received += chunk.length;
    if (received < needed) return;
    const data = chunks.length === 1 ? chunk : Buffer.concat(chunks, received);
    chunks = [data];
    const end = data.indexOf(HEAD_END);
    if (end < 0) return;
    const head = data.latin1Slice(0, end);
    needed = end + 4 + Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (received < needed) return;
    const body = data.subarray(end + 4, needed);
    chunks = [];
    received = 0;
    needed = 0;
    settle(Number(head.slice(9, 12)), body);
  });
  return socket;
}

/** So many connections; requests wait for a free one. */
export function createClient(port, connections, token) {
  const lanes = Array.from({ length: connections }, () => lane(port));
  const free = [...lanes];
  const queue = [];
  const auth = token ? `Authorization: Bearer ${token}\r\n` : '';
  const wire = (method, path, body) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const length = body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`;
    return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${auth}${length}\r\n${text}`;
  };
  const take = () => (free.length > 0 ? Promise.resolve(free.pop()) : new Promise((resolve) => queue.push(resolve)));
  const give = (each) => {
    const next = queue.shift();
    if (next) next(each);
    else free.push(each);
  };
  return {
    async request(method, path, body) {
      const each = await take();
      try {
        const { status, body: bytes, ms } = await each.send(wire(method, path, body));
        return { status, ms, json: () => JSON.parse(bytes.toString()), size: bytes.length };
      } finally {
        give(each);
      }
    },
    close: () => {
      for (const each of lanes) each.close();
    },
  };
}

/** The value below which `part` (0 to 1) of the sorted numbers are. */
export function quantile(numbers, part) {
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
