import { z } from 'zod';
import { FAILURE_CLASS_NAMES } from '../core/failure-class.ts';
import { PACKAGE_STATES } from '../core/package-state.ts';
import { endpoint } from './endpoint.ts';
import { Session } from './fleet.ts';
import { queryNumber, queryText } from './vocabulary.ts';

/** Packages of one answer. */
const MAX_PACKAGES = 20_000;

const Seconds = (says: string) => z.number().describe(`${says} (seconds).`);
const Count = (says: string) => z.number().int().describe(says);
const Places = (says: string) => z.array(z.number().int()).describe(`${says}, by place in \`nodes\`.`);

const Node = z.object({
  id: Count('Number of its row in the queue.'),
  package: z.string().describe('The package, as the queue names it.'),
  state: z.enum(PACKAGE_STATES).describe('Its state.'),
  ready: z.boolean().describe('Whether it could be built now.'),
  drone: z.string().nullable().describe('Name of the drone that builds or built it.'),
  attempt: z.number().int().nullable().describe('Number of its newest attempt; null when there was none.'),
  failures: Count('Failures that count.'),
  failure_class: z.enum(FAILURE_CLASS_NAMES).nullable().describe('Class of its failure; null when it has none.'),
  expected_s: z
    .number()
    .nullable()
    .describe('Seconds that it took, or that it is expected to take on the reference drone; null for what was there.'),
  source: z
    .enum(['built', 'reused', 'same', 'version', 'name', 'given', 'category', 'size', 'unknown'])
    .describe(
      'What `expected_s` rests on: it was `built` here, or what its estimate was learned from. `reused` was there already, `unknown` is a guess.',
    ),
  left_s: Seconds('What is left of that; 0 once it is received'),
  rank_s: Seconds('The longest chain of builds that begins with it, by what the critical path counts'),
  slack_s: Seconds('How much later it could end without the session becoming longer; 0 on every longest chain'),
  on_critical_path: z.boolean().describe('Whether it is on the critical path.'),
  circle: z.number().int().nullable().describe('The circle that it is in, by place in `circles`; null for most.'),
});

const Edge = z.object({
  from: Count('The package that needs the other, by its place in `nodes`.'),
  to: Count('The package that is needed.'),
  types: z
    .array(z.enum(['build', 'run']))
    .describe('`build`: it must be there before the other is compiled. `run`: it comes along when that is installed.'),
  cut: z
    .literal(true)
    .optional()
    .describe('Present, and true, where a circle is broken: by the order of the plan it may come later.'),
});

const Circle = z.object({
  kind: z
    .enum(['together', 'ordered', 'stuck'])
    .describe(
      '`together`: they only bring each other along when they are installed. `ordered`: their builds lead back to them, and the order of the plan breaks that. `stuck`: each can only be built after all others.',
    ),
  packages: Places('Its members in the order of the plan'),
});

export const sessionGraph = endpoint({
  method: 'GET',
  path: '/api/v1/sessions/:id/graph',
  access: 'viewer',
  tag: 'queue',
  summary: 'The plan of a session as a graph: who needs whom, how each stands, and the chain that decides the end.',
  params: z.object({
    id: z.string().min(1).max(200).describe('Its id, the beginning of it, or its name, if only one fits.'),
  }),
  query: z.object({
    package: queryText.describe('Only this package, and all that it needs or that needs it.'),
    limit: queryNumber({ min: 1, max: MAX_PACKAGES }).describe(
      'Packages in the answer, those with the least slack; 5000 when absent.',
    ),
  }),
  errors: ['NOT_FOUND', 'CONFLICT'],
  reply: z.object({
    session: Session.describe('The session.'),
    at: z.number().describe('When this was so (Unix seconds).'),
    total: Count('Packages of the session; the answer may be a part of them.'),
    has_plan: z.boolean().describe('False where it was queued as a plain list: then nothing is known of edges.'),
    nodes: z.array(Node).describe('The packages.'),
    edges: z.array(Edge).describe('Who needs whom, as far as both are among them.'),
    circles: z.array(Circle).describe('Packages that reach each other along the edges.'),
    critical_path: z
      .object({
        of: z
          .enum(['left', 'built'])
          .describe('What it counts: what is `left` to be done, or once nothing is, what was `built`.'),
        total_s: Seconds('All of it: less is not possible, however many drones there are'),
        packages: Places('The packages in the order of building'),
      })
      .describe('The longest chain of builds that must follow each other.'),
  }),
});
