import { join } from 'node:path';
import { SwarmError } from '../core/errors.ts';
import { isSystem, type PortagePrefix, portageCommand, prefixEnv } from '../emerge/prefix.ts';
import { runProcess } from '../platform/process.ts';

/** Where Portage puts the binary packages it makes (PKGDIR). Throws `PORTAGE_MISSING` if the system's cannot be asked. */
export async function findPackageDirectory(prefix: PortagePrefix): Promise<string> {
  return isSystem(prefix) ? askPortage(prefix) : join(prefix.dir, 'var', 'cache', 'binpkgs');
}

async function askPortage(prefix: PortagePrefix): Promise<string> {
  const lines: string[] = [];
  const { exitCode } = await runProcess({
    command: portageCommand(prefix, 'portageq'),
    args: ['envvar', 'PKGDIR'],
    env: prefixEnv(prefix),
    onLine: (line, stream) => {
      if (stream === 'stdout' && line !== '') lines.push(line);
    },
  });
  const path = lines.at(-1);
  if (exitCode === 0 && path?.startsWith('/') === true) return path;
  throw new SwarmError('PORTAGE_MISSING', `portageq envvar PKGDIR names no directory (exit code ${exitCode})`);
}
