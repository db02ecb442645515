import { z } from 'zod';
import { AUDIT_VERDICTS, CHECK_STATUSES } from '../core/audit.ts';
import { endpoint } from './endpoint.ts';
import { DroneAddress, DroneId, DroneName, flag, queryNumber, queryText, text } from './vocabulary.ts';

const Status = z.enum(CHECK_STATUSES);

/** More than comply.sh makes, so that later ones fit. */
const MAX_CHECKS = 100;

const Check = z.object({
  id: text(64).min(1).describe('Name of the check, such as `profile`; it stays the same.'),
  title: text(200).describe('What is checked, for people.'),
  status: Status.describe('How it came out.'),
  found: text(2_000).describe('What the drone has.'),
  expected: text(2_000).describe('What it has to have.'),
  advice: text(2_000).nullable().describe('What would help; null where nothing is wrong.'),
  details: z.array(text(2_000)).max(500).describe('What else was found, a line each.'),
});

const DRONE_ID = 'Id of the drone; null for a host that is none yet.';
const SPEC_VERSION = 'Version of what it was compared with; null: nobody could look.';
const SPEC_UPDATED = 'Day of that version; null where it is not known.';
const DURATION = 'How long it took (seconds).';
const ERROR = 'Why nobody could look; null where one could.';
const CHECKS = 'The checks, in the order in which they are made.';

const Finding = z.object({
  drone: DroneName.describe('Name of the drone.'),
  drone_id: DroneId.nullable().describe(DRONE_ID),
  address: DroneAddress.describe('Where it was looked at.'),
  verdict: z.enum(AUDIT_VERDICTS).describe('The worst of its checks; `unreachable`: nobody could look.'),
  spec_version: z.number().int().nullable().describe(SPEC_VERSION),
  spec_updated: text(40).nullable().describe(SPEC_UPDATED),
  duration_s: z.number().min(0).describe(DURATION),
  error: text(2_000).nullable().describe(ERROR),
  checks: z.array(Check).max(MAX_CHECKS).describe(CHECKS),
});

const Change = z.object({
  id: z.string().describe('Name of the check.'),
  title: z.string().describe('What is checked, for people.'),
  from: Status.nullable().describe('How it came out then; null where it was not made.'),
  to: Status.nullable().describe('How it comes out now; null where it is not made any more.'),
  found: z.string().describe('What was found.'),
});

/** What `comply.sh --json` prints on a drone: its checks as they are sent on. */
export const ComplyReport = z.object({
  spec_version: z.number().int(),
  updated: text(40).nullable(),
  drone: DroneName.nullable().catch(null),
  checks: z.array(Check).min(1).max(MAX_CHECKS),
});

/** An audit as it is kept. */
const Audit = Finding.extend({
  id: z.number().int().describe('Number of the audit; grows by one.'),
  at: z.number().describe('When it was made (Unix seconds).'),
  by: z.string().describe('Who had it made.'),
  pass: z.number().int().describe('Checks that passed.'),
  warn: z.number().int().describe('Checks that warn.'),
  fail: z.number().int().describe('Checks that failed.'),
  drift: z
    .object({
      since: z.number().describe('When somebody could look before (Unix seconds).'),
      changes: z.array(Change).describe('What came out otherwise than then.'),
    })
    .nullable()
    .describe('What is not as it was the last time; null where nobody had looked, or nobody could now.'),
});

export const recordAudit = endpoint({
  method: 'POST',
  path: '/api/v1/audits',
  access: 'operator',
  tag: 'fleet',
  summary: 'Keep what an audit of a drone found; the answer says what is not as it was the last time.',
  body: Finding.extend({
    drone_id: DroneId.nullish().describe(DRONE_ID),
    spec_version: z.number().int().nullish().describe(SPEC_VERSION),
    spec_updated: text(40).nullish().describe(SPEC_UPDATED),
    duration_s: z.number().min(0).default(0).describe(DURATION),
    error: text(2_000).nullish().describe(ERROR),
    checks: z.array(Check).max(MAX_CHECKS).default([]).describe(CHECKS),
  }).refine(({ verdict, error }) => (verdict === 'unreachable') === (error != null), {
    message: 'is said of drones that are unreachable, and of no others',
    path: ['error'],
  }),
  reply: Audit,
});

export const audits = endpoint({
  method: 'GET',
  path: '/api/v1/audits',
  access: 'viewer',
  tag: 'fleet',
  summary: 'Audits of drones, newest first: whether they are what a drone has to be, and what drifted.',
  query: z.object({
    drone: queryText.describe('Only of this drone, by id or name.'),
    latest: flag.describe('`true`: only the newest of each drone.'),
    before: queryNumber({ min: 1, max: Number.MAX_SAFE_INTEGER }).describe('Only those with a smaller id.'),
    limit: queryNumber({ min: 1, max: 1_000 }).describe('100 when absent.'),
  }),
  reply: z.object({ audits: z.array(Audit).describe('The audits.') }),
});
