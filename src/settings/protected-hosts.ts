import { readFileSync } from 'node:fs';
import { SwarmError } from '../core/errors.ts';

const PROTECTED_HOSTS_FILE = '/etc/build-swarm/protected_hosts.conf';

/**
 * The machines that must never be restarted: those of the setting and those of the file, one a line, `#`
 * begins a comment. A file that is not there names none.
 * @throws SwarmError BAD_SETTING for one that cannot be read: guessing would reboot somebody's machine
 */
export function protectedHosts(fromSetting: readonly string[], file = PROTECTED_HOSTS_FILE): readonly string[] {
  return [...new Set([...fromSetting, ...linesOf(file)])];
}

function linesOf(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    const message = `PROTECTED_HOSTS: ${file} cannot be read: ${(cause as Error).message}`;
    throw new SwarmError('BAD_SETTING', message, { cause });
  }
}
