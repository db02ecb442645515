import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dataDir, stateDir } from '../../platform/paths.ts';
import { path, pathOrOff } from '../kinds.ts';
import { optionalSetting, type Place, settingByPlace } from '../setting.ts';

const USER_DATA = '`$XDG_DATA_HOME` or `~/.local/share`, and `/build-swarm-v3`';
const USER_STATE = '`$XDG_STATE_HOME` or `~/.local/state`, and `/build-swarm-v3/control-plane.log`';

/** Directories and files of the control plane. */
export const PLACES = {
  SWARM_DATA_DIR: settingByPlace({
    kind: path,
    flag: '--data',
    fallback: ({ env, uid }) => dataDir(env, uid),
    fallbackWords: `root: \`/var/lib/build-swarm-v3\`; user: ${USER_DATA}`,
    why: 'What must not be lost. Once it is chosen, everything else stays in it unless it is given a place of its own.',
  }),
  SWARM_DB_PATH: settingByPlace({
    kind: path,
    flag: '--db',
    fallback: (place) => join(place.dataDir, 'swarm.db'),
    fallbackWords: '`swarm.db` in the data directory',
    why: 'The database file. It has to be on a disk of this machine: SQLite cannot lock files of most network file systems.',
  }),
  BINHOST_PATH: settingByPlace({
    kind: path,
    fallback: (place) => (usesSystemPlaces(place) ? '/var/cache/binpkgs-v3' : join(place.dataDir, 'binhost')),
    fallbackWords:
      'root: `/var/cache/binpkgs-v3`; user, or with a chosen data directory: `binhost` in the data directory',
    why: 'Published packages and their index, which clients read.',
  }),
  STAGING_PATH: settingByPlace({
    kind: path,
    fallback: (place) => (usesSystemPlaces(place) ? '/var/cache/binpkgs-v3-staging' : join(place.dataDir, 'staging')),
    fallbackWords:
      'root: `/var/cache/binpkgs-v3-staging`; user, or with a chosen data directory: `staging` in the data directory',
    why: 'Packages that have arrived and are not published yet. On the same file system as BINHOST_PATH, since they are moved there by rename.',
  }),
  LOG_FILE: settingByPlace({
    kind: pathOrOff,
    fallback: logFile,
    fallbackWords: `root: \`/var/log/build-swarm-v3/control-plane.log\`; user: ${USER_STATE}; with a chosen data directory: \`control-plane.log\` in it`,
    why: 'Log of the control plane, beside what it says on standard error; `off` writes none.',
  }),
  V2_SWARM_CONFIG: optionalSetting({
    kind: path,
    absence: 'none',
    fallbackWords: '`~/Development/gentoo-build-swarm/config/swarm.json` if that file is there, else none',
    fallback: ({ env }) => ifThere(join(env['HOME'] || homedir(), 'Development/gentoo-build-swarm/config/swarm.json')),
    why: 'The `swarm.json` of the predecessor: Portage configuration for drones, packages never to build, packages for sweepers. Read again whenever it is used.',
  }),
} as const;

/** Root without a chosen directory: an installation of the system, which has the places of version 3.1. */
function usesSystemPlaces({ uid, isOwnDirectory }: Place): boolean {
  return uid === 0 && !isOwnDirectory;
}

function logFile({ isOwnDirectory, dataDir: chosen, env, uid }: Place): string {
  return join(isOwnDirectory ? chosen : stateDir(env, uid), 'control-plane.log');
}

function ifThere(file: string): string | null {
  return existsSync(file) ? file : null;
}
