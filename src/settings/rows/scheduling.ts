import { DEFAULT_POLICY } from '../../core/policy.ts';
import { decimalNumber, hosts, textLike, wholeNumber } from '../kinds.ts';
import { optionalSetting, setting } from '../setting.ts';

const MINUTE_MS = 60_000;
const WEEK_MINUTES = 7 * 24 * 60;
const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

const count = wholeNumber({ min: 1, max: 1_000 });
const minutes = decimalNumber({ min: 0, max: WEEK_MINUTES, unit: 'min' });

/** By which numbers packages are handed out, taken back, blocked and tried again. */
export const SCHEDULING = {
  NODE_TIMEOUT: setting({
    kind: decimalNumber({ min: 1, max: HOUR_S, unit: 's' }),
    fallback: DEFAULT_POLICY.offlineAfterMs / 1000,
    why: 'Silence after which a drone is no longer online and gets nothing.',
  }),
  STALE_TIMEOUT: setting({
    kind: decimalNumber({ min: 1, max: DAY_S, unit: 's' }),
    fallback: DEFAULT_POLICY.staleUntilMs / 1000,
    why: 'A drone that is silent for longer than NODE_TIMEOUT is shown as stale until then, as offline afterwards. At least NODE_TIMEOUT, whatever it says.',
  }),
  SWARM_LEASE_S: setting({
    kind: decimalNumber({ min: 1, max: DAY_S, unit: 's' }),
    fallback: DEFAULT_POLICY.leaseMs / 1000,
    why: 'Silence after which a drone loses its builds. Several heartbeats, so that one that is late costs nothing.',
  }),
  QUEUE_TARGET: setting({
    kind: count,
    fallback: DEFAULT_POLICY.slotsUnknown,
    why: 'Builds at once of a drone that tells neither its slots nor its cores.',
  }),
  CORES_PER_SLOT: setting({
    kind: wholeNumber({ min: 1, max: 1_024 }),
    fallback: DEFAULT_POLICY.coresPerSlot,
    why: 'Cores for each build at once of a drone that does not tell its slots.',
  }),
  SWEEPER_PREFIX: setting({
    kind: textLike(/^[A-Za-z0-9_.-]{1,63}$/, '1 to 63 letters, digits or any of _ . -'),
    fallback: DEFAULT_POLICY.sweeperPrefix,
    why: 'Drones whose name begins like this are sweepers: they take what others could not build.',
  }),
  MAX_DRONE_FAILURES: setting({
    kind: count,
    fallback: DEFAULT_POLICY.failuresToGround,
    why: 'Failures in a row, the drone being to blame, after which a drone is grounded.',
  }),
  GROUNDING_TIMEOUT: setting({
    kind: minutes,
    fallback: DEFAULT_POLICY.groundedForMs / MINUTE_MS,
    why: 'How long a grounded drone gets nothing.',
  }),
  FAILURE_AGE_MINUTES: setting({
    kind: minutes,
    fallback: DEFAULT_POLICY.ageBlockedAfterMs / MINUTE_MS,
    why: 'A blocked package that was left alone for so long is given another chance.',
  }),
  SWARM_AGEINGS: setting({
    kind: wholeNumber({ min: 0, max: 1_000 }),
    fallback: DEFAULT_POLICY.ageingsAllowed,
    why: 'How often a blocked package is given another chance by itself; then it waits for somebody.',
  }),
  SWARM_DRONES_TO_BLOCK: setting({
    kind: count,
    fallback: DEFAULT_POLICY.distinctDronesToBlock,
    why: 'So many different drones failing a package block it: it is not the machine.',
  }),
  SWARM_FAILURES_TO_BLOCK: setting({
    kind: count,
    fallback: DEFAULT_POLICY.failuresToBlock,
    why: 'So many counted failures block a package, whoever failed it.',
  }),
  SWARM_FAILURES_TO_BLOCK_ALONE: setting({
    kind: count,
    fallback: DEFAULT_POLICY.failuresToBlockAlone,
    why: 'So many counted failures block a package that no other drone of the fleet could try.',
  }),
  SWARM_INFRASTRUCTURE_FAILURES: setting({
    kind: count,
    fallback: DEFAULT_POLICY.infrastructureFailuresToBlock,
    why: 'So many failures in a row that are not the fault of the package block it all the same.',
  }),
  SWARM_RETRY_BACKOFF_MS: setting({
    kind: wholeNumber({ min: 0, max: HOUR_S * 1000, unit: 'ms' }),
    fallback: DEFAULT_POLICY.retryBackoffMs,
    why: 'First pause before a failed package is tried again; doubled for each further failure.',
  }),
  SWARM_RETRY_BACKOFF_CAP_MS: setting({
    kind: wholeNumber({ min: 0, max: DAY_S * 1000, unit: 'ms' }),
    fallback: DEFAULT_POLICY.retryBackoffCapMs,
    why: 'The longest such pause; at least the first one, whatever it says.',
  }),
  PROTECTED_HOSTS: setting({
    kind: hosts,
    fallback: [],
    why: 'Machines that are never restarted, rebooted or probed, beside those in `/etc/build-swarm/protected_hosts.conf` (one a line, `#` begins a comment).',
  }),
  SWEEPER_THRESHOLD: optionalSetting({
    kind: count,
    reader: 'nobody',
    absence: 'that of MAX_DRONE_FAILURES',
    why: 'Read by version 3.1 and never used. Accepted, so that old settings stay valid; changes nothing.',
  }),
} as const;
