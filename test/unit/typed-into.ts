import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

/** What somebody at a terminal does: wait until something new that fits is on the screen, then type. */
export type Typing = { readonly after: RegExp; readonly type: string };

export type Typed = {
  /** All that was on the screen, without colours and movements of the cursor. */
  readonly screen: string;
  readonly status: number | null;
};

/**
 * Runs a program on a terminal of its own (`script` of util-linux makes one) and types into it. It rejects when what
 * is waited for did not come within half a minute.
 */
export async function typeInto(
  program: readonly string[],
  env: NodeJS.ProcessEnv,
  typings: readonly Typing[],
): Promise<Typed> {
  const child = spawn('script', ['--quiet', '--return', '--command', program.map(quoted).join(' '), '/dev/null'], {
    env: { ...process.env, ...env, TERM: 'xterm', SHELL: '/bin/sh' },
  });
  const left = [...typings];
  let [screen, seen] = ['', 0];
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${left[0]?.after ?? 'the end'} did not come; the screen says:\n${screen}`));
    }, LONGEST_MS);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += stripVTControlCharacters(text);
      const next = left[0];
      const found = next === undefined ? null : next.after.exec(screen.slice(seen));
      if (next === undefined || found === null) return;
      seen += found.index + found[0].length;
      left.shift();
      child.stdin.write(next.type);
    });
    child.once('error', reject);
    child.once('close', (status) => {
      clearTimeout(late);
      resolve({ screen: screen.replaceAll('\r', ''), status });
    });
  });
}

const LONGEST_MS = 30_000;

/** As one word for a POSIX shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
