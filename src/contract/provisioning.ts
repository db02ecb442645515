import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { DroneName } from './vocabulary.ts';

export const agent = endpoint({
  method: 'GET',
  path: '/api/v1/agent',
  access: 'open',
  tag: 'provisioning',
  summary: 'The drone as one file, to be run with Node.js. The ETag is its SHA-256.',
  reply: z.unknown(),
  raw: 'reply',
  replyMediaType: 'text/javascript; charset=utf-8',
  errors: ['AGENT_MISSING'],
});

export const agentVersion = endpoint({
  method: 'GET',
  path: '/api/v1/agent/version',
  access: 'open',
  tag: 'provisioning',
  summary: 'Which agent this control plane hands out; `node` is what it runs on.',
  reply: z.object({
    version: z.string(),
    /** Of the file, in hex. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    size_bytes: z.number().int(),
    node: z.string(),
  }),
  errors: ['AGENT_MISSING'],
  example: {
    reply: {
      version: '3.2.0',
      sha256: '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8',
      size_bytes: 453_051,
      node: '>=20',
    },
  },
});

export const bootstrapScript = endpoint({
  method: 'GET',
  path: '/api/v1/provision/bootstrap',
  access: 'open',
  tag: 'provisioning',
  summary:
    'The shell script that turns a host into a drone: `curl -s …/bootstrap | sh -s -- --cp-url URL --name NAME`.',
  reply: z.unknown(),
  raw: 'reply',
  replyMediaType: 'text/plain; charset=utf-8',
});

const HOST_NAME = /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?$/;

/** An IPv4 or IPv6 address or a host name: never what a program could take for an option or a shell for a command. */
const HostAddress = z
  .string()
  .refine(
    (value) => HOST_NAME.test(value) || z.ipv6().safeParse(value).success,
    'must be an IP address or a host name',
  );

const UserName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/, 'must be 1 to 32 letters, digits or any of _ . - and begin with a letter');

export const provisionDrone = endpoint({
  method: 'POST',
  path: '/api/v1/provision/drone',
  access: 'admin',
  tag: 'provisioning',
  summary:
    'Turn a host into a drone over SSH. SSH is tested at once; the rest is a job, whose progress is at /api/v1/provision/jobs.',
  body: z.object({
    ip: HostAddress.or(z.literal('')).nullish(),
    /** Of the drone; the name of the host where it is absent. */
    name: DroneName.nullish(),
    /** Who logs in there; `root`. Others need sudo without a password. */
    user: UserName.default('root'),
    /** Of its SSH server, where it is not that of the SSH configuration. */
    port: z.number().int().min(1).max(65_535).optional(),
    /** False: enrol nothing, as for a host that has its credential. */
    join: z.boolean().default(true),
  }),
  reply: z.object({
    status: z.enum(['provisioning', 'ssh_failed', 'ssh_timeout', 'ssh_not_found']),
    ip: z.string(),
    name: z.string().nullable(),
    steps: z.array(z.string()),
    error: z.string().optional(),
    /** The job to ask for. */
    job: z.string().optional(),
  }),
  errors: ['PROVISIONING_RUNS', 'TOO_MANY_JOBS'],
  example: {
    body: { ip: '192.0.2.51', name: 'drone-x' },
    reply: { status: 'provisioning', ip: '192.0.2.51', name: 'drone-x', steps: ['ssh_test: ok', 'bootstrap_started'] },
  },
});

const Step = z.object({
  name: z.string(),
  started_at: z.number(),
  /** Null while it is being done, and for the one in which the job failed. */
  ended_at: z.number().nullable(),
});

const Job = z.object({
  id: z.string(),
  ip: z.string(),
  name: z.string().nullable(),
  user: z.string(),
  /** Who asked for it. */
  actor: z.string(),
  state: z.enum(['running', 'done', 'failed', 'timed_out', 'stopped']),
  started_at: z.number(),
  ended_at: z.number().nullable(),
  /** Of the script; null while it runs and when it was ended. */
  exit_code: z.number().int().nullable(),
  error: z.string().nullable(),
  steps: z.array(Step),
});

export const provisionJobs = endpoint({
  method: 'GET',
  path: '/api/v1/provision/jobs',
  access: 'operator',
  tag: 'provisioning',
  summary: 'Running and recent provisioning jobs since the control plane was started, newest first.',
  reply: z.object({ jobs: z.array(Job) }),
});

export const provisionJob = endpoint({
  method: 'GET',
  path: '/api/v1/provision/jobs/:id',
  access: 'operator',
  tag: 'provisioning',
  summary: 'One provisioning job with the last lines of its output.',
  params: z.object({ id: z.string().min(1).max(64) }),
  reply: Job.extend({
    log: z.array(z.string()),
    /** Lines before these, which are not kept. */
    log_dropped: z.number().int(),
  }),
  errors: ['NOT_FOUND'],
});
