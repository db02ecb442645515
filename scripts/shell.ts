import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { listFiles } from './files.ts';
import type { ToolResult } from './run-tool.ts';

const SHEBANG = /^#!.*\b(sh|bash|dash|openrc-run)\b/;

/** Every shell program of the project: by its name, or by the first line of a file without one. */
export function shellFiles(root: string): string[] {
  return listFiles(root).filter((path) => {
    if (extname(path) === '.sh') return true;
    return ['', '.initd'].includes(extname(path)) && SHEBANG.test(readFileSync(join(root, path), 'utf8'));
  });
}

/** What ShellCheck finds in them; nothing where it is not installed, for it does not come by npm. */
export function checkShell(root: string): Promise<ToolResult> {
  return new Promise((resolve) => {
    execFile('shellcheck', shellFiles(root), { cwd: root }, (error, stdout, stderr) => {
      if (error?.code === 'ENOENT') resolve({ ok: true, output: '' });
      else resolve({ ok: error === null, output: `${stdout}${stderr}`.trim() });
    });
  });
}
