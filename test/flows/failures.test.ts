import { afterEach, expect, test } from 'vitest';
import { type RealSwarm, realSwarm } from '../../src/testing/real-swarm.ts';

const swarms: RealSwarm[] = [];
afterEach(async () => {
  for (const swarm of swarms.splice(0)) await swarm.close();
});

type Row = {
  package: string;
  status: string;
  failure_class: string | null;
  phase: string | null;
  attempt: number;
  first_error: string | null;
  first_error_line: number | null;
  excerpt: string | null;
  confidence: string | null;
  peak_memory_mb: number | null;
  disk_mb: number | null;
  cpu_s: number | null;
};

test('what real emerge fails at is told with the line of the log that says why, and what hangs is ended', async () => {
  const swarm = await realSwarm();
  swarms.push(swarm);
  const targets = ['app-broken/fails-compile', 'app-broken/fails-test', 'app-broken/hangs', 'app-misc/slowpoke'];
  const plan = await swarm.plan([...targets, 'app-broken/spew']);
  for (const [name, value] of Object.entries(SETTINGS)) process.env[name] = value;
  await swarm.startControlPlane();
  for (const name of Object.keys(SETTINGS)) delete process.env[name];
  await swarm.startDrone('drone-1');

  const { session_id: session } = await swarm.client.queueAdd({ body: { plan } });
  await swarm.until('the session is completed', async () => {
    const { sessions } = await swarm.client.sessions();
    return sessions.find((each) => each.id === session)?.status === 'completed';
  });

  const rows = swarm.rows<Row>('SELECT * FROM build_history ORDER BY id');
  const of = (name: string) => rows.find((row) => row.package.includes(name));
  const compile = of('fails-compile');
  expect(compile).toMatchObject({
    ...{ status: 'failed', failure_class: 'compile', phase: 'compile', confidence: 'certain' },
    first_error: 'broken.c:2:16: error: ‘undeclared_thing’ undeclared (first use in this function)',
  });
  expect(compile?.excerpt).toContain('failed (compile phase)');
  expect(await lineOf(swarm, compile)).toContain('undeclared_thing');
  // Ended for want of progress, long before its hour, and blamed on nobody.
  expect(of('hangs')).toMatchObject({ failure_class: 'silent', phase: 'compile', confidence: 'certain' });
  // It sleeps, but says something new every second.
  expect(of('slowpoke')).toMatchObject({ status: 'success', failure_class: null });
  expect(of('slowpoke')?.peak_memory_mb).toBeGreaterThan(5);
  expect(of('slowpoke')?.peak_memory_mb).toBeLessThan(500);
  expect(of('slowpoke')?.cpu_s).toBeGreaterThan(0);
  expect(of('spew')).toMatchObject({ status: 'success' });
});

/** No second tries, and little patience. */
const SETTINGS = {
  SWARM_SILENT_FLOOR_S: '4',
  SWARM_SILENT_CAP_S: '4',
  SWARM_INFRASTRUCTURE_FAILURES: '1',
  SWARM_FAILURES_TO_BLOCK: '1',
} as const;

/** The line of the log on the drone's control plane that a report names. */
async function lineOf(swarm: RealSwarm, row: Row | undefined): Promise<string | undefined> {
  const log = await fetch(`${swarm.url}/api/v1/attempts/${row?.attempt}/log`).then((reply) => reply.text());
  return log.split('\n')[(row?.first_error_line ?? 0) - 1];
}
