import { DEFAULT_POLICY } from '../../core/policy.ts';
import { decimalNumber, hosts, onOrOff, textLike, wholeNumber } from '../kinds.ts';
import { optionalSetting, setting } from '../setting.ts';

const MINUTE_MS = 60_000;
const WEEK_MINUTES = 7 * 24 * 60;
const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const WEEK_S = 7 * DAY_S;

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
  SWARM_OUTSIDE_BACKOFF_MS: setting({
    kind: wholeNumber({ min: 0, max: DAY_S * 1000, unit: 'ms' }),
    fallback: DEFAULT_POLICY.outsideBackoffMs,
    why: 'First pause after what time heals: the network, the servers of the sources, a full disk. At least SWARM_RETRY_BACKOFF_MS, whatever it says.',
  }),
  SWARM_OOM_GROWTH: setting({
    kind: decimalNumber({ min: 1.1, max: 16 }),
    fallback: DEFAULT_POLICY.memory.growth,
    why: 'A build that ran out of memory is tried with so many times the memory that was not enough, where a drone has that.',
  }),
  SWARM_OOM_UNKNOWN_MB: setting({
    kind: wholeNumber({ min: 1, max: 10_000_000, unit: 'MB' }),
    fallback: DEFAULT_POLICY.memory.unknownMb,
    why: 'What a build that ran out of memory is thought to have used where nobody measured it.',
  }),
  SWARM_OOM_OWN_SHARE: setting({
    kind: decimalNumber({ min: 0, max: 1 }),
    fallback: DEFAULT_POLICY.memory.ownShare,
    why: 'A build that had less than this share of the memory of its drone ran out of it because of its neighbours, and is tried beside fewer.',
  }),
  SWARM_DISABLE_FAULTY: setting({
    kind: onOrOff,
    fallback: DEFAULT_POLICY.disablesFaultyDrones,
    why: 'Whether a drone that fails what others build gets nothing more until an operator resumes it.',
  }),
  SWARM_FAULTY_RATE: setting({
    kind: decimalNumber({ min: 0.05, max: 0.95 }),
    fallback: DEFAULT_POLICY.blame.faultyRate,
    why: 'The share of its builds that a drone at fault fails.',
  }),
  SWARM_HEALTHY_RATE: setting({
    kind: decimalNumber({ min: 0.001, max: 0.5 }),
    fallback: DEFAULT_POLICY.blame.healthyRate,
    why: 'The share of what others build that a healthy drone fails, before the fleet shows its own.',
  }),
  SWARM_FAULTY_ODDS: setting({
    kind: decimalNumber({ min: 2, max: 1_000_000_000 }),
    fallback: Math.round(Math.exp(DEFAULT_POLICY.blame.threshold)),
    why: 'A drone is at fault when that is so many times likelier than that it is not.',
  }),
  SWARM_FAULTY_PACKAGES: setting({
    kind: count,
    fallback: DEFAULT_POLICY.blame.distinctPackages,
    why: 'So many different packages that others built a drone must have failed, at least, to be at fault.',
  }),
  SWARM_FAULTY_WINDOW_H: setting({
    kind: decimalNumber({ min: 1, max: 24 * 366, unit: 'h' }),
    fallback: DEFAULT_POLICY.blame.windowMs / (HOUR_S * 1000),
    why: 'Builds older than that say nothing of a drone.',
  }),
  SWARM_CACHE_FAILURES: setting({
    kind: onOrOff,
    fallback: DEFAULT_POLICY.cachesFailures,
    why: 'Whether a planned package that was proven to fail is not tried again until something it is built from changes, or an operator asks for it.',
  }),
  SWARM_SWEEP_S: setting({
    kind: decimalNumber({ min: 1, max: DAY_S, unit: 's' }),
    fallback: DEFAULT_POLICY.sweepMs / 1000,
    why: 'How often the swarm is searched for what does not go on by itself. Told is what was found twice in a row.',
  }),
  SWARM_SILENT_GRACE_S: setting({
    kind: decimalNumber({ min: 0, max: DAY_S, unit: 's' }),
    fallback: DEFAULT_POLICY.silentGraceMs / 1000,
    why: 'A build that its drone calls idle for so much longer than it may be, and does not end, is taken from it.',
  }),
  SWARM_TIMEOUT_FACTOR: setting({
    kind: decimalNumber({ min: 1, max: 1_000 }),
    fallback: DEFAULT_POLICY.timeLimits.factor,
    why: 'A build may take so many times what nine of ten are expected to take; then its drone ends it. A generous number: what hangs is found by its silence.',
  }),
  SWARM_TIMEOUT_FLOOR_S: setting({
    kind: wholeNumber({ min: 1, max: WEEK_S, unit: 's' }),
    fallback: DEFAULT_POLICY.timeLimits.floorS,
    why: 'No build is ended before that for taking long.',
  }),
  SWARM_TIMEOUT_CAP_S: setting({
    kind: wholeNumber({ min: 1, max: WEEK_S, unit: 's' }),
    fallback: DEFAULT_POLICY.timeLimits.capS,
    why: 'No build may take longer, and one of which nothing is known may take so long. At least SWARM_TIMEOUT_FLOOR_S, whatever it says.',
  }),
  SWARM_SILENT_SHARE: setting({
    kind: decimalNumber({ min: 0, max: 1_000 }),
    fallback: DEFAULT_POLICY.timeLimits.silentShare,
    why: 'A build may be without progress (nothing new printed, no processor used, nothing written) for this share of what nine of ten are expected to take.',
  }),
  SWARM_SILENT_FLOOR_S: setting({
    kind: wholeNumber({ min: 1, max: WEEK_S, unit: 's' }),
    fallback: DEFAULT_POLICY.timeLimits.silentFloorS,
    why: 'No build is ended before it was without progress for so long.',
  }),
  SWARM_SILENT_CAP_S: setting({
    kind: wholeNumber({ min: 1, max: WEEK_S, unit: 's' }),
    fallback: DEFAULT_POLICY.timeLimits.silentCapS,
    why: 'No build may be without progress for longer, and one of which nothing is known for so long. At least SWARM_SILENT_FLOOR_S, whatever it says.',
  }),
  PROTECTED_HOSTS: setting({
    kind: hosts,
    fallback: [],
    why: 'Machines (by address, or drones by name) that are never restarted, rebooted or probed, beside those in `/etc/build-swarm/protected_hosts.conf` (one a line, `#` begins a comment).',
  }),
  SWEEPER_THRESHOLD: optionalSetting({
    kind: count,
    reader: 'nobody',
    absence: 'that of MAX_DRONE_FAILURES',
    why: 'Read by version 3.1 and never used. Accepted, so that old settings stay valid; changes nothing.',
  }),
} as const;
