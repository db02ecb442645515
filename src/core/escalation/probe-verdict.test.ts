import { expect, test } from 'vitest';
import { type JudgedProbe, judgeProbe, type ProbeFacts, type ProbeStatus } from './probe-verdict.ts';

const AT = 1_800_000_000_000;
const FACTS: ProbeFacts = {
  ...{ name: 'anvil', service: 'running', agents: 1, load: 1, cores: 8, memoryMb: 16_000, memoryFreeMb: 8_000 },
  ...{ diskPercent: 40, emerges: 1, emergeAgeS: 4_000, emergeCpuS: 900, uptimeS: 9_000, init: 'openrc', machine: null },
};
const DRONE = { name: 'anvil', cores: 8 };

function statusOf(facts: Partial<ProbeFacts>, before: JudgedProbe | null = null): ProbeStatus {
  return judgeProbe({ kind: 'facts', facts: { ...FACTS, ...facts } }, { drone: DRONE, before, at: AT }).status;
}

test.each<[Partial<ProbeFacts>, ProbeStatus]>([
  [{}, 'ok'],
  [{ name: 'bellows', diskPercent: 99 }, 'stranger'],
  [{ name: null }, 'stranger'],
  [{ diskPercent: 95, service: 'stopped' }, 'disk_full'],
  [{ service: 'stopped' }, 'service_down'],
  [{ service: 'absent', agents: null }, 'service_down'],
  [{ agents: 0 }, 'service_down'],
  [{ memoryFreeMb: 100 }, 'memory_low'],
  [{ load: 39 }, 'ok'],
  [{ load: 41 }, 'overloaded'],
  [{ load: 25, cores: 2 }, 'overloaded'],
  [{ load: null, memoryMb: null, diskPercent: null, emerges: null }, 'ok'],
])('%j is %s', (facts, status) => {
  expect(statusOf(facts)).toBe(status);
});

test('an emerge is stuck when the same one used no processor between two probes far enough apart', () => {
  const before = (at: number, more: Partial<ProbeFacts> = {}): JudgedProbe => ({
    ...{ at, status: 'ok', says: '', facts: { ...FACTS, ...more } },
  });

  expect(statusOf({}, before(AT - 60_000))).toBe('stuck');
  expect(statusOf({}, before(AT - 10_000))).toBe('ok');
  expect(statusOf({}, before(AT - 60_000, { emergeCpuS: 899 }))).toBe('ok');
  expect(statusOf({ emergeAgeS: 20 }, before(AT - 60_000))).toBe('ok');
  expect(statusOf({ emerges: 0 }, before(AT - 60_000))).toBe('ok');
});

test('a host that cannot be looked at says why', () => {
  const probed = { kind: 'unreachable', error: 'Connection refused' } as const;

  expect(judgeProbe(probed, { drone: DRONE, before: null, at: AT })).toEqual({
    ...{ at: AT, status: 'unreachable', says: 'Connection refused', facts: null },
  });
});
