import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { api } from '../../src/contract/api.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { INDEX, SAMPLES, type Sample } from './contract-samples.ts';

const A = 'aaaa1111bbbb2222cccc3333dddd4444';
const B = 'eeee5555ffff6666aaaa7777bbbb8888';
const CAPABILITIES = { arch: 'amd64', cores: 8, ram_gb: 15.6, auto_reboot: true, portage_timestamp: '2026-02-09' };
const METRICS = { cpu_percent: 12.5, ram_percent: 33.1, load_1m: 0.8 };

let world: ControlPlaneWorld;
beforeAll(async () => {
  world = await livedIn();
});
afterAll(() => world.close());

/** What agents, CLI and dashboard of version 3.1 would have left behind after a while. */
async function livedIn(): Promise<ControlPlaneWorld> {
  const lived = await controlPlaneWorld({}, undefined, (settings) => ({
    ...settings,
    wire: { ...settings.wire, isOn: true },
  }));
  const register = (id: string, name: string, ip: string) =>
    lived.post('/api/v1/register', { id, name, ip, capabilities: CAPABILITIES, metrics: METRICS, version: '2.9.0' });
  await register(A, 'drone-a', '192.0.2.21');
  await register(B, 'drone-b', '192.0.2.22');
  await lived.post('/api/v1/queue', {
    packages: ['=virtual/jdk-17', '=dev-libs/alpha-1.0', '=dev-libs/beta-2.1-r1', 'app-misc/delta', 'app-misc/x'],
  });
  for (const [id, status, failure] of [
    [A, 'success', {}],
    [B, 'failed', {}],
    // Failures of packages are not held against drones.
    [B, 'failed', { failure_class: 'disk_full' }],
    [B, 'returned', {}],
  ] as const) {
    const { body } = await lived.get<{ package: string }>(`/api/v1/work?id=${id}`);
    const { package: granted } = body;
    const report = { id, package: granted, build_duration_s: 10.5, error_detail: 'emerge exited 1: compile phase' };
    await lived.post('/api/v1/complete', { ...report, status, ...failure });
  }
  await lived.get(`/api/v1/work?id=${B}`);
  await sampleMetrics(lived);
  // The protocol log is written behind.
  await vi.waitFor(async () => {
    const { body } = await lived.get<{ entries: object[] }>('/api/v1/protocol');
    expect(body.entries.length).toBeGreaterThan(5);
  });
  return lived;
}

/** One round of the services that run by themselves. */
async function sampleMetrics(lived: ControlPlaneWorld): Promise<void> {
  const { services } = lived.plane();
  services.start();
  lived.clock.advance(15_000);
  await vi.waitFor(() => {
    expect(services.states().find(({ name }) => name === 'metrics')).toMatchObject({ runs: 1 });
  });
  await services.stop();
}

test('every row of the index of endpoints is there', () => {
  const ours = new Set(Object.values(api).map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':')}`));

  expect(INDEX).toHaveLength(32);
  expect(INDEX.filter((row) => !ours.has(row))).toEqual([]);
});

test('every row of the index has a sample', () => {
  const asked = SAMPLES.map(({ ask }) => ask.replace(/\?.*/, '').replace(/(nodes)\/[^/]+/, '$1/:'));

  // The bootstrap script is text.
  expect(INDEX.filter((row) => !asked.includes(row))).toEqual(['GET /api/v1/provision/bootstrap']);
});

test.each(SAMPLES.map((sample): [string, Sample] => [nameOf(sample), sample]))(
  '%s is answered as version 3.1 did',
  async (_name, sample) => {
    const { status = 200, says, has } = sample;

    const answer = await ask(sample);

    expect({ status: answer.status, ...(answer.status === status ? {} : { body: answer.body }) }).toEqual({ status });
    if (says !== undefined) expect(answer.body).toEqual(says);
    if (status !== 200) expect(answer.body).toMatchObject({ error: expect.any(String) as string });
    expect(differences(has, answer.body, '')).toEqual([]);
  },
);

function ask({ ask: line, body }: Sample) {
  const [method = 'GET', path = ''] = line.split(' ');
  if (method === 'POST') return world.post(path, body ?? '');
  return method === 'DELETE' ? world.remove(path) : world.get(path);
}

function nameOf({ ask: line, body }: Sample): string {
  return body === undefined ? line : `${line} ${JSON.stringify(body).slice(0, 60)}`;
}

/** Fields that the contract's tables call "or null". */
const OR_NULL =
  /(^|\.)(session|session_id|current_task|version|cores|ram_gb|grounded_until|last_failure|last_probe|last_probe_at|last_probe_result|completed_at|assigned_to|source_node|drone_id|node_id|cpu_percent|ram_percent|load_1m|package|request_body)$/;

/** A sentence for each field of the sample that the answer does not have, or has with another JSON type. */
function differences(sample: unknown, answer: unknown, path: string): string[] {
  if (sample === undefined || sample === null) return answer === undefined && path !== '' ? [`${path} is missing`] : [];
  if (answer === null && OR_NULL.test(path)) return [];
  if (typeOf(sample) !== typeOf(answer)) return [`${path} is ${typeOf(answer)}, was ${typeOf(sample)}`];
  if (Array.isArray(sample) && Array.isArray(answer)) {
    if (sample.length > 0 && answer.length === 0) return [`${path} is empty`];
    return sample.length === 0 ? [] : differences(sample[0], answer[0], `${path}[]`);
  }
  if (typeof sample !== 'object') return [];
  const [theirs, ours] = [sample as Record<string, unknown>, answer as Record<string, unknown>];
  return Object.entries(theirs).flatMap(([key, value]) => {
    const found = key === '*' ? Object.values(ours)[0] : ours[key];
    const at = path === '' ? key : `${path}.${key}`;
    return found === undefined ? [`${at} is missing`] : differences(value, found, at);
  });
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
}
