import { expect, test } from 'vitest';
import { cpuPercent, createMeter, ramPercentIn } from './metrics.ts';

test('the processor is as busy as it was since the last look', () => {
  const before = { busyMs: 1000, totalMs: 10_000 };

  expect(cpuPercent(before, { busyMs: 1250, totalMs: 11_000 })).toBe(25);
  expect(cpuPercent(before, before)).toBe(0);
  expect(cpuPercent(before, { busyMs: 900, totalMs: 11_000 })).toBe(0);
});

test('memory that only holds files counts as free', () => {
  const meminfo = 'MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    750 kB\n';

  expect(ramPercentIn(meminfo)).toBe(25);
  expect(ramPercentIn('MemTotal: 1000 kB\n')).toBeUndefined();
});

test('this machine has metrics within bounds', async () => {
  const metrics = await createMeter('/')();

  for (const percent of [metrics.cpu_percent, metrics.ram_percent]) {
    expect(percent).toBeGreaterThanOrEqual(0);
    expect(percent).toBeLessThanOrEqual(100);
  }
  expect(metrics.load_1m).toBeGreaterThanOrEqual(0);
  expect(metrics.memory_free_mb).toBeGreaterThan(0);
  expect(metrics.disk_free_mb).toBeGreaterThan(0);
});
