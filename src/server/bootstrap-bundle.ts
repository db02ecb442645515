import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** Parts of the script, in the order in which it reads them where it lies. */
const PARTS = [
  'say',
  'journal',
  'changes',
  'undo',
  'long',
  'plane',
  'environment',
  'portage',
  'packages',
  'agent',
  'service',
] as const;

/** Files that it puts on the host. */
const FILES = [
  'drone.spec',
  'make.conf.drone',
  'package.list',
  'package.use.drone',
  'package.use.systemd',
  'package.accept_keywords.drone',
  'comply.sh',
  'comply-cron.sh',
  'swarm-drone.initd',
  'swarm-drone.service',
  'swarm-comply.service',
  'swarm-comply.timer',
] as const;

/**
 * The bootstrap script with all that it needs, as one text for a shell's standard input. The files travel as
 * here-documents and every text is taken as it is, so that nothing in one of them is ever taken for code or
 * for a place to put something.
 */
export async function bundleBootstrap(directory: URL): Promise<string> {
  const read = (name: string) => readFile(new URL(name, directory), 'utf8');
  const files = await Promise.all(FILES.map(async (name) => carriedFile(name, await read(name))));
  const parts = await Promise.all(PARTS.map((name) => read(`bootstrap/${name}.sh`)));
  return [
    '#!/bin/sh\n# shellcheck shell=dash disable=SC2034,SC2154\n',
    '# The files that this script puts on the host; the script itself comes after them.\n',
    `carried() {\n\tcase $1 in\n${files.join('')}\t\t*) return 1 ;;\n\tesac\n}\n`,
    ...parts,
    await read('bootstrap.sh'),
  ].join('\n');
}

function carriedFile(name: string, text: string): string {
  if (!text.endsWith('\n')) throw new Error(`${name} does not end in a line feed, and cannot be carried as it is`);
  const end = `END_OF_${name}_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  return `\t\t${name})\n\t\t\tcat <<'${end}'\n${text}${end}\n\t\t\t;;\n`;
}
