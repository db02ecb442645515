import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './files.ts';

/** How a tool ended: whether with status 0, and everything it printed, in order. */
export type ToolResult = { readonly ok: boolean; readonly output: string };

/** The path of a program that npm installed for this project. */
export function toolPath(name: string): string {
  return join(ROOT, 'node_modules', '.bin', name);
}

/** Run one of the project's tools and collect what it prints. A tool that cannot be started counts as failed. */
export function runTool(name: string, args: readonly string[], cwd: string = ROOT): Promise<ToolResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const child = spawn(toolPath(name), args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => resolve({ ok: false, output: `${name} could not be started: ${error.message}` }));
    child.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(chunks).toString('utf8').trim() }));
  });
}
