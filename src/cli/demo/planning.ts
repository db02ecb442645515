import type { Client } from '../../client/client.ts';
import type { Plan } from '../../contract/plan.ts';
import { makePlan } from '../../emerge/planner.ts';
import { type PortagePrefix, prefixEnv } from '../../emerge/prefix.ts';
import type { Expectations } from './expectations.ts';
import type { Report } from './stage.ts';

/** Portage's own resolution of the client's `@world` and of what is meant to fail; what cannot be had is a problem in it. */
export async function planDemo(
  client: PortagePrefix,
  expectations: Expectations,
  { report, signal }: { report: Report; signal: AbortSignal },
): Promise<Plan> {
  const { deliberate_failures: failures, deliberate_waits: waits } = expectations;
  return makePlan(
    { python: client.host.python, env: prefixEnv(client) },
    {
      targets: ['@world', ...failures.map(({ target }) => target), ...waits.map(({ target }) => target)],
      keepGoing: true,
      signal,
      onProgress: ({ step, detail }) => report.now([step, detail].filter(Boolean).join(': ')),
    },
  );
}

/** What was queued, or what an interrupted demo in the same data directory had queued. */
export type Queued = { readonly sessionId: string; readonly reused: number; readonly isContinued: boolean };

const SESSION_NAME = 'demo';

/** Queues the plan, unless a session of an earlier demo is still open: then that one goes on. */
export async function queuePlan(api: Client, plan: Plan): Promise<Queued> {
  const open = await findOpenSession(api, plan);
  if (open !== undefined) return { sessionId: open, reused: 0, isContinued: true };
  const reply = await api.queueAdd({ body: { plan, session_name: SESSION_NAME } });
  if (reply.session_id === null) throw new Error('the control plane queued the plan without a session');
  return { sessionId: reply.session_id, reused: reply.reused, isContinued: false };
}

async function findOpenSession(api: Client, plan: Plan): Promise<string | undefined> {
  const { sessions } = await api.sessions();
  const names = queuedNames(plan).join();
  for (const { id, name, status } of sessions) {
    if (name !== SESSION_NAME || status !== 'active') continue;
    const rows = await api.queueList({ query: { session: id } });
    if (sorted(rows.map((row) => row.package)).join() === names) return id;
  }
  return undefined;
}

/** What a plan puts into the queue: every package to be built, and every target that cannot be had. */
function queuedNames({ nodes, problems }: Plan): string[] {
  const merged = nodes.filter(({ operation }) => operation === 'merge').map(({ cpv }) => `=${cpv}`);
  const refused = problems.flatMap(({ target, atoms }) => target ?? atoms[0] ?? []);
  return sorted([...new Set([...merged, ...refused])]);
}

function sorted(names: readonly string[]): string[] {
  return names.toSorted((a, b) => (a < b ? -1 : 1));
}
