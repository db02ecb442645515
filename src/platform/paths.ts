import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const NAME = 'build-swarm-v3';

/** In the data directory: the token of the first admin, for whoever may read that directory's secrets. */
export const ADMIN_TOKEN_FILE = 'admin-token';

/** What can be made again at any time: Portage from PyPI, downloads. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env, uid = process.getuid?.()): string {
  return directory(env, uid, { root: '/var/cache', variable: 'XDG_CACHE_HOME', home: '.cache' });
}

/** What must not be lost: the database of the control plane, the binhost, the prefixes. */
export function dataDir(env: NodeJS.ProcessEnv = process.env, uid = process.getuid?.()): string {
  return directory(env, uid, { root: '/var/lib', variable: 'XDG_DATA_HOME', home: '.local/share' });
}

/** What tells what happened: logs. */
export function stateDir(env: NodeJS.ProcessEnv = process.env, uid = process.getuid?.()): string {
  return directory(env, uid, { root: '/var/log', variable: 'XDG_STATE_HOME', home: '.local/state' });
}

type Place = { readonly root: string; readonly variable: string; readonly home: string };

/** Root has the system's directories, anyone else those of the XDG base directory specification. */
function directory(env: NodeJS.ProcessEnv, uid: number | undefined, { root, variable, home }: Place): string {
  if (uid === 0) return join(root, NAME);
  const chosen = env[variable];
  // The specification tells us to ignore a path that is not absolute.
  const base = chosen !== undefined && isAbsolute(chosen) ? chosen : join(env['HOME'] || homedir(), home);
  return join(base, NAME);
}
