import { z } from 'zod';
import { PROBE_STATUSES } from '../core/escalation/probe-verdict.ts';
import { STEPS, SUSPICIONS } from '../core/escalation/watched-drone.ts';
import { CareFields } from './care.ts';
import { endpoint } from './endpoint.ts';
import { flag, queryNumber, queryText } from './vocabulary.ts';

const Probe = z.object({
  status: z.enum(PROBE_STATUSES).describe('What the probe found, in a word; `ok` when nothing.'),
  load: z.number().nullable().describe('Its load (1 minute).'),
  cores: z.number().nullable().describe('Its processor cores.'),
  memory_mb: z.number().nullable().describe('Its memory (MB).'),
  memory_free_mb: z.number().nullable().describe('What of it is free (MB).'),
  disk_percent: z.number().nullable().describe('Use of the fullest file system for builds (percent).'),
  agents: z.number().nullable().describe('Processes of its agent.'),
  emerges: z.number().nullable().describe('Processes of emerge.'),
  emerge_age_s: z.number().nullable().describe('Age of the oldest of them (seconds).'),
  uptime_s: z.number().nullable().describe('How long it is up (seconds).'),
  init: z.string().nullable().describe('`openrc`, `systemd` or `none`.'),
  service: z.string().nullable().describe('State of the service swarm-drone: `running`, `stopped` or `absent`.'),
  machine: z.string().nullable().describe('What it seems to run on: `metal`, `vm` or `container`.'),
});

const Step = z.object({
  step: z.enum(['probe', ...STEPS, 'ask']).describe('What was done; `ask`: a person was asked.'),
  because: z.string().describe('Why, as a sentence.'),
  started_at: z.number().describe('When it was begun (Unix seconds).'),
  ended_at: z.number().nullable().describe('When it was over (Unix seconds); null while it runs.'),
  outcome: z
    .enum(['done', 'failed', 'interrupted'])
    .nullable()
    .describe('How it ended; `interrupted`: the control plane ended meanwhile. Null while it runs.'),
  says: z.string().nullable().describe('What came of it, as a sentence.'),
  probe: Probe.nullable().describe('What a probe measured; null where it could not, and for other steps.'),
});

const Escalation = z.object({
  id: z.number().int().describe('Number of the escalation; grows by one.'),
  drone_id: z.string().describe('Id of the drone.'),
  drone: z.string().describe('Name of the drone.'),
  suspicion: z
    .enum(SUSPICIONS)
    .describe(
      'Why it was looked at first: nothing heard of it, grounded, a build without progress, failures in a row.',
    ),
  says: z.string().describe('The same as a sentence.'),
  state: z
    .enum(['open', 'settling', 'asked', 'closed'])
    .describe('`settling`: nothing is wrong any more, for a short while yet; `asked`: a person has to see to it.'),
  opened_at: z.number().describe('When it was first suspected (Unix seconds).'),
  asked_at: z.number().nullable().describe('When a person was asked (Unix seconds); null when not.'),
  closed_at: z.number().nullable().describe('When it was over (Unix seconds); null while it is not.'),
  ending: z
    .enum(['well', 'gone', 'protected', 'paused', 'closed'])
    .nullable()
    .describe('How it ended: the drone is `well` again, was removed, protected or paused, or a person closed it.'),
  steps: z.array(Step).describe('What was done, oldest first; of its probes the newest.'),
});

export const escalations = endpoint({
  method: 'GET',
  path: '/api/v1/escalations',
  access: 'viewer',
  tag: 'fleet',
  summary:
    'What was done about drones that did not go on, newest first: probes, restarts, reboots, questions to people.',
  query: z.object({
    drone: queryText.describe('Only of this drone, by id or name.'),
    open: flag.describe('`true`: only those that are not over.'),
    before: queryNumber({ min: 1, max: Number.MAX_SAFE_INTEGER }).describe('Only those with a smaller id.'),
    limit: queryNumber({ min: 1, max: 200 }).describe('50 when absent.'),
  }),
  reply: z.object({
    limit: z.string().describe('How far the control plane goes by itself: `off`, `probe`, `restart` or `reboot`.'),
    escalations: z.array(Escalation).describe('The escalations.'),
  }),
});

const Node = z.object({ id: z.string().min(1).max(128) });

export const closeEscalation = endpoint({
  method: 'POST',
  path: '/api/v1/nodes/:id/escalation/close',
  access: 'operator',
  tag: 'fleet',
  summary:
    'Say that you see to this drone (id or name): nothing more is done about it. A later escalation begins anew.',
  params: Node,
  reply: Escalation,
  errors: ['NOT_FOUND'],
});

export const nodeCare = endpoint({
  method: 'GET',
  path: '/api/v1/nodes/:id/settings',
  access: 'operator',
  tag: 'fleet',
  summary: 'What was said of this drone (id or name) as a machine: whether it is protected, its kind, how to log in.',
  params: Node,
  reply: z.object({ id: z.string().describe('Its id.'), name: z.string().describe('Its name.'), ...CareFields }),
  errors: ['NOT_FOUND'],
});
