import { spawn } from 'node:child_process';
import type { DecompressMetadata } from '../../portage/gpkg-metadata.ts';

/** Programs for the compressions of BINPKG_COMPRESS that Node does not know; all write to standard output. */
const PROGRAMS: Readonly<Record<string, string>> = { bz2: 'bzip2', xz: 'xz', lz4: 'lz4', lz: 'lzip', lzo: 'lzop' };

/** Unpack a package's metadata with the host's program for that compression. */
export const decompressMetadata: DecompressMetadata = async (name, bytes, maxBytes) => {
  const program = PROGRAMS[name.slice(name.lastIndexOf('.') + 1)];
  if (program === undefined) throw new Error(`unknown compression ${name}`);
  return run(program, bytes, maxBytes);
};

function run(program: string, input: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['-d', '-c'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.on('error', () => reject(new Error(`${program} is not installed here`)));
    child.on('close', (code) => {
      if (size > maxBytes) reject(new Error(`it holds more than ${maxBytes} bytes`));
      else if (code === 0) resolve(Buffer.concat(chunks));
      else reject(new Error(`${program} says that it is damaged`));
    });
    // A program that stops reading early says why by its exit code.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
