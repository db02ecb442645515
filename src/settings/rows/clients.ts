import { join } from 'node:path';
import { cacheDir } from '../../platform/paths.ts';
import { host, hosts, httpUrl, onOrOff, path, textLike, wholeNumber } from '../kinds.ts';
import { optionalSetting, setting, settingByPlace } from '../setting.ts';

const port = wholeNumber({ min: 1, max: 65_535 });
const token = textLike(/^[\x21-\x7e]{1,512}$/, 'a token as build-swarmv3 token create prints it');

/** What the commands other than `serve` read. */
export const CLIENTS = {
  SWARMV3_URL: optionalSetting({
    kind: httpUrl,
    reader: 'client',
    absence: 'looked for',
    why: 'Address of the control plane. Without it this machine is asked (port of CONTROL_PLANE_PORT), then the known hosts, then who announces itself by DNS-SD.',
  }),
  SWARM_KNOWN_HOSTS: setting({
    kind: hosts,
    reader: 'client',
    fallback: [],
    why: 'Where commands look for a control plane that is not on this machine, the first that answers (and GATEWAY_HOST after them).',
  }),
  SWARM_DNS_SD: setting({
    kind: onOrOff,
    reader: 'client',
    fallback: true,
    why: 'Whether commands look for `_build-swarm._tcp` on the local network when nothing else answers, where avahi-browse is installed. No token of the environment or of a file is sent to what is found so.',
  }),
  SWARM_TOKEN: optionalSetting({
    kind: token,
    reader: 'client',
    isSecret: true,
    absence: 'the admin token in the data directory, on the same machine',
    why: 'Shows the control plane who asks; for `drone run` the token of that drone.',
  }),
  SWARM_JOIN_TOKEN: optionalSetting({
    kind: token,
    reader: 'client',
    isSecret: true,
    absence: 'none',
    why: 'With it a drone enrols, once.',
  }),
  GATEWAY_HOST: optionalSetting({
    kind: host,
    reader: 'client',
    absence: 'none',
    why: 'Host of the control plane for `switch` and `drone audit`. Version 3.1 had the address of one private network as default, which is nobody else’s.',
  }),
  V2_GATEWAY_PORT: setting({
    kind: port,
    reader: 'client',
    fallback: 8090,
    why: 'Port of the predecessor on that host.',
  }),
  V3_GATEWAY_PORT: setting({
    kind: port,
    reader: 'client',
    fallback: 8100,
    why: 'Port of the control plane on that host.',
  }),
  STAGE3_CACHE_DIR: settingByPlace({
    kind: path,
    reader: 'client',
    fallback: ({ env, uid }) => join(cacheDir(env, uid), 'stage3'),
    fallbackWords:
      'root: `/var/cache/build-swarm-v3/stage3`; user: `$XDG_CACHE_HOME` or `~/.cache`, and `/build-swarm-v3/stage3`',
    why: 'Stage 3 archives that `drone create` has fetched.',
  }),
  SWARM_ASK_ABOVE: setting({
    kind: wholeNumber({ min: 0, max: 1_000_000, unit: 'packages' }),
    reader: 'client',
    fallback: 50,
    why: '`fresh` asks before it queues more; where nobody can be asked it takes --yes.',
  }),
  DRONE_BINARY: optionalSetting({
    kind: path,
    reader: 'nobody',
    absence: 'none',
    why: 'Read by version 3.1 and never used. Accepted, so that old settings stay valid; changes nothing.',
  }),
} as const;
