import { describe, expect, test } from 'vitest';
import type { Confidence } from '../core/build-facts.ts';
import type { FailureClass } from '../core/failure-class.ts';
import { causeOf, type ExitFacts } from './failure-cause.ts';

const BUILD: ExitFacts = { exitCode: 1, signal: null, step: 'build' };
const BEGUN = ['>>> Emerging (1 of 1) a/b-1::gentoo', '>>> Compiling source in /w ...'];
const DIED = [' * ERROR: a/b-1::gentoo failed (compile phase):', ' *   emake failed', ' * ', ' * Call stack:'];

describe('what the machine says besides', () => {
  const failed = ['make: *** [x.o] Error 1'];
  const killed = ['g++: fatal error: Killed signal terminated program cc1plus', ...failed];
  const wrong = ['x.cc:1:1: error: expected expression', ...failed];
  const full = ['cp: error writing x: No space left on device'];

  test.each<[string, readonly string[], Partial<ExitFacts>, [FailureClass, Confidence]]>([
    ['a line alone makes it likely', killed, {}, ['oom', 'likely']],
    ['a line and the kernel make it certain', killed, { memoryKills: 1 }, ['oom', 'certain']],
    ['the kernel without any other reason makes it likely', failed, { memoryKills: 2 }, ['oom', 'likely']],
    ['a neighbour that was killed explains no error in the source', wrong, { memoryKills: 3 }, ['compile', 'certain']],
    ['a full disk without any other reason', failed, { leastDiskMb: 0 }, ['disk_full', 'likely']],
    ['a full disk that was said', full, { leastDiskMb: 0 }, ['disk_full', 'certain']],
    ['a disk with room', failed, { leastDiskMb: 5000 }, ['compile', 'certain']],
    ['a full disk explains no error in the source', wrong, { leastDiskMb: 3 }, ['compile', 'certain']],
  ])('%s', (_, lines, facts, [failureClass, confidence]) => {
    const log = [...BEGUN, ...lines, ...DIED].join('\n');

    expect(causeOf(log, { ...BUILD, ...facts })).toMatchObject({ failureClass, confidence });
  });

  test('emerge itself killed while the kernel killed for memory ran out of it', () => {
    const log = [...BEGUN, 'CC x.o'].join('\n');

    expect(causeOf(log, { ...BUILD, exitCode: null, signal: 'SIGKILL', memoryKills: 1 }).failureClass).toBe('oom');
    expect(causeOf(log, { ...BUILD, exitCode: null, signal: 'SIGKILL' }).failureClass).toBe('killed');
  });
});

test('the first error is found though a hundred thousand lines follow it in the same phase', () => {
  const noise = Array.from({ length: 100_000 }, (_, index) => `gcc -O2 -Wall -c file${index}.c -o file${index}.o`);
  const first = ['x.c:1:1: error: first', 'make[1]: *** [x.o] Error 1'];
  const second = ['y.c:1:1: error: second', 'make[1]: *** [y.o] Error 1'];
  const log = [...BEGUN, ...noise, ...first, ...noise, ...second, ...DIED].join('\n');

  expect(causeOf(log, BUILD)).toMatchObject({
    failureClass: 'compile',
    errorLine: 'x.c:1:1: error: first',
    errorLineNumber: 100_003,
  });
});
