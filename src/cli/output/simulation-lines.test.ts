import { expect, test } from 'vitest';
import type { SimulationReply } from '../../contract/simulation-reply.ts';
import { simulationLines } from './simulation-lines.ts';

function outcome(over: Partial<SimulationReply['result']> = {}): SimulationReply['result'] {
  const drone = {
    ...{ name: 'a'.repeat(63), slots: 1_024, slowness: 0.001, builds: 30_000, utilisation: 1, idle_s: 999_999 },
    gaps: [
      { from_s: 0, to_s: 2 },
      { from_s: 359_999, to_s: 719_998 },
    ],
  };
  return {
    ...{ start_at: 0, makespan_p50_s: 7_200, makespan_p90_s: 9_000, lower_bound_s: 3_600, critical_path_s: 1 },
    ...{ capacity_s: 1, ratio_to_bound: 2, utilisation: 0.5, left_over: 12_345, drones: [drone] },
    ...over,
  };
}

function text(over: Partial<SimulationReply> = {}): string {
  const reply = { source: 'past', session_id: 's-1', packages: 30_000, known_share: 1, runs: 1_000, seed: 1 } as const;
  const none = { elapsed_ms: 29_999, result: outcome(), baseline: null, difference: null, real: null };
  return simulationLines({ ...reply, ...none, ...over }).join('\n');
}

const REAL = { started_at: 0, ended_at: 1, makespan_s: 9_999, builds: 1, failures: 3, difference_s: -1 };

test('everything fits 80 columns, however large the numbers', () => {
  const whole = text({
    ...{ known_share: 0.1, baseline: outcome({ makespan_p50_s: 14_400 }), real: REAL },
    difference: { p50_s: -359_999, p90_s: 359_999 },
  });

  expect(Math.max(...whole.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(whole).toContain('99h 59m at 99h 59m');
});

test('the difference is told in time and as a share, and the real run with its failures', () => {
  const shown = text({
    ...{ baseline: outcome({ makespan_p50_s: 14_400 }), difference: { p50_s: -7_200, p90_s: 0 }, real: REAL },
  });

  expect(shown).toMatch(/^difference +-2h 0m +none +-50 %$/m);
  expect(shown).toMatch(/^the real run +2h 46m$/m);
  expect(shown).toContain('In the real run 3 builds failed; simulated ones do not.');
});

test('of what nobody built before the numbers are called guesses', () => {
  expect(text({ known_share: 0.4 })).toContain('these are guesses');
  expect(text({ known_share: 0.6 })).not.toContain('guesses');
});

test('a run that cannot end is not given a time', () => {
  const never = outcome({ makespan_p50_s: null, makespan_p90_s: null });

  expect(text({ result: never })).toMatch(/^as it is +never +never$/m);
});
