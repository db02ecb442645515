import { decimalNumber, oneOf, onOrOff, wholeNumber } from '../kinds.ts';
import { setting } from '../setting.ts';

const HOUR_S = 3_600;
const YEAR_H = 366 * 24;

const hoursKept = decimalNumber({ min: 0.1, max: YEAR_H, unit: 'h' });
const daysKept = decimalNumber({ min: 0.01, max: 3_660, unit: 'd' });

/** What runs by itself, how often, and how long things are kept. */
export const SERVICES = {
  SWARM_RECONCILE_S: setting({
    kind: decimalNumber({ min: 0.1, max: 60, unit: 's' }),
    fallback: 1,
    why: 'How often what is due with time is looked for: leases, pauses, ends of sessions.',
  }),
  SWARM_METRICS_S: setting({
    kind: decimalNumber({ min: 1, max: HOUR_S, unit: 's' }),
    fallback: 15,
    why: 'How often load and memory of the drones and the counts of the queue are noted.',
  }),
  SWARM_METRICS_KEEP_H: setting({ kind: hoursKept, fallback: 24, why: 'How long those notes are kept.' }),
  SWARM_PRUNE_S: setting({
    kind: decimalNumber({ min: 1, max: HOUR_S * 24, unit: 's' }),
    fallback: 300,
    why: 'How often what is too old is removed.',
  }),
  SWARM_EVENTS_RING: setting({
    kind: wholeNumber({ min: 10, max: 10_000 }),
    fallback: 200,
    why: 'Newest events kept in memory, for those who poll.',
  }),
  SWARM_EVENTS_KEEP_D: setting({ kind: daysKept, fallback: 7, why: 'How long events are kept.' }),
  SWARM_STATES_KEEP_D: setting({
    kind: daysKept,
    fallback: 7,
    why: 'How far back the state of the swarm at a past time can be shown.',
  }),
  SWARM_SESSIONS_KEEP_D: setting({
    kind: decimalNumber({ min: 0, max: 36_600, unit: 'd' }),
    fallback: 0,
    why: 'How long the packages of a finished session stay in the queue; 0 keeps them for ever, as version 3.1 does.',
  }),
  SWARM_PROVISION_TIMEOUT_S: setting({
    kind: wholeNumber({ min: 10, max: 7 * 24 * HOUR_S, unit: 's' }),
    fallback: 1_800,
    why: 'How long turning a host into a drone over SSH may take: a host without Node.js may compile it first.',
  }),
  SWARM_FORECAST_S: setting({
    kind: decimalNumber({ min: 1, max: HOUR_S, unit: 's' }),
    fallback: 10,
    why: 'Least time between two forecasts of when things will be done. They are made only while somebody looks and something changes, and never take more than a fifth of one processor.',
  }),
  SWARM_SIMULATE_TIMEOUT_S: setting({
    kind: decimalNumber({ min: 1, max: HOUR_S, unit: 's' }),
    fallback: 30,
    why: 'A forecast or a simulation that takes longer is ended.',
  }),
} as const;

/** The protocol log: every exchange with drones and clients. */
export const PROTOCOL_LOG = {
  SWARM_PROTOCOL_LOG: setting({
    kind: onOrOff,
    fallback: true,
    why: 'Whether exchanges are recorded at all.',
  }),
  SWARM_PROTOCOL_FLUSH_S: setting({
    kind: decimalNumber({ min: 0.05, max: 10, unit: 's' }),
    fallback: 0.5,
    why: 'How often what was recorded is written; a crash loses what is not.',
  }),
  SWARM_PROTOCOL_QUEUE: setting({
    kind: wholeNumber({ min: 100, max: 100_000 }),
    fallback: 5_000,
    why: 'Exchanges that may wait to be written; more are dropped and counted, so that memory stays bounded.',
  }),
  SWARM_PROTOCOL_BODY_KB: setting({
    kind: wholeNumber({ min: 1, max: 10_240, unit: 'kB' }),
    fallback: 64,
    why: 'A body is kept whole up to this size; a larger one is cut and marked.',
  }),
  SWARM_PROTOCOL_KEEP_H: setting({ kind: hoursKept, fallback: 24, why: 'How long exchanges are kept.' }),
  SWARM_PROTOCOL_MAX_MB: setting({
    kind: wholeNumber({ min: 1, max: 1_048_576, unit: 'MB' }),
    fallback: 512,
    why: 'Room for the protocol log; the oldest go first.',
  }),
} as const;

/** The SQL explorer, which reads and cannot write. */
export const SQL_EXPLORER = {
  SWARM_SQL_TIMEOUT_MS: setting({
    kind: wholeNumber({ min: 10, max: 300_000, unit: 'ms' }),
    fallback: 5_000,
    why: 'A query that takes longer is interrupted.',
  }),
  SWARM_SQL_MAX_ROWS: setting({
    kind: wholeNumber({ min: 1, max: 100_000 }),
    fallback: 1_000,
    why: 'Rows of an answer; more are cut, and the answer says so.',
  }),
  SWARM_SQL_MAX_KB: setting({
    kind: wholeNumber({ min: 1, max: 65_536, unit: 'kB' }),
    fallback: 4_096,
    why: 'Size of an answer; the rest is cut, and the answer says so.',
  }),
} as const;

/** What the control plane says about itself; its file is LOG_FILE. */
export const LOG = {
  LOG_LEVEL: setting({
    kind: oneOf('debug', 'info', 'warn', 'error'),
    fallback: 'info',
    why: 'The least important lines that are written, to the file and to standard error.',
  }),
  LOG_MAX_MB: setting({
    kind: decimalNumber({ min: 0, max: 100_000, unit: 'MB' }),
    fallback: 50,
    why: 'A log file that would grow beyond it is put aside as `.1`; 0 leaves that to logrotate.',
  }),
  LOG_KEEP: setting({
    kind: wholeNumber({ min: 0, max: 1_000 }),
    fallback: 5,
    why: 'Files put aside that are kept.',
  }),
} as const;
