import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixtureText } from '../../test/portage/fixture.ts';
import { parseObservation } from './observability.ts';

const SNAPSHOT = fixtureText('logs/observability-snapshot.json');

test('a snapshot that Portage wrote tells what it is working on', () => {
  expect(parseObservation(SNAPSHOT)).toEqual({
    emergePid: 10663,
    timestampS: 1795419088.4321477,
    jobs: { running: 1, completed: 0, failed: 0, total: 1 },
    tasks: [
      {
        ...{ cpv: 'app-misc/slowpoke-1.0', kind: 'build', phase: 'compile', isBinary: false, pid: 10840 },
        ...{ elapsedS: 4.005040645599365, buildElapsedS: 4.005040645599365, cpuS: null, memoryPeakBytes: null },
      },
    ],
  });
});

test('each line of its socket is a snapshot too, and the phases follow each other', () => {
  const lines = fixtureText('logs/observability-stream.jsonl').trimEnd().split('\n');

  const phases = lines.map((line) => parseObservation(line)?.tasks[0]?.phase);

  expect(phases).toEqual(['compile', 'compile', 'test', 'install', 'package', 'package', 'clean']);
});

describe('other versions of Portage', () => {
  test('unknown fields are passed over, missing ones are nothing', () => {
    const text = JSON.stringify({ type: 'snapshot', news: {}, tasks: [{ cpv: 'a/b-1', kind: 'unpack', news: [1] }] });

    expect(parseObservation(text)).toEqual({
      ...{ emergePid: null, timestampS: 0, jobs: { running: 0, completed: 0, failed: 0, total: 0 } },
      tasks: [
        {
          ...{ cpv: 'a/b-1', kind: 'other', phase: null, isBinary: false, pid: null },
          ...{ elapsedS: 0, buildElapsedS: 0, cpuS: null, memoryPeakBytes: null },
        },
      ],
    });
  });

  test('resources are read where there are any', () => {
    const task = { cpv: 'a/b-1', kind: 'build', resources: { cpu_usec: 1_500_000, mem_peak: 4096, io_read_bytes: 1 } };

    expect(parseObservation(JSON.stringify({ type: 'snapshot', tasks: [task] }))?.tasks).toMatchObject([
      { cpuS: 1.5, memoryPeakBytes: 4096 },
    ]);
  });

  test('a task that is none does not hide the others', () => {
    const text = JSON.stringify({
      type: 'snapshot',
      tasks: [null, 7, { kind: 'build' }, { cpv: 'a/b-1', kind: 'merge' }],
    });

    expect(parseObservation(text)?.tasks).toMatchObject([{ cpv: 'a/b-1', kind: 'merge' }]);
  });
});

test.each(['', 'null', '[]', '{}', '{"type":"update"}', SNAPSHOT.slice(0, -20)])('%j is not a snapshot', (text) => {
  expect(parseObservation(text)).toBeUndefined();
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const result = parseObservation(`{"type":"snapshot","tasks":${json},"jobs":${json},"timestamp":${json}}`);
      expect(Array.isArray(result?.tasks)).toBe(true);
    }),
  );
});
