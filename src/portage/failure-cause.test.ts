import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixturesIn, fixtureText } from '../../test/portage/fixture.ts';
import { type FailureClass, isFailureClass } from '../core/failure-class.ts';
import { causeOf, type ExitFacts } from './failure-cause.ts';

const BUILD: ExitFacts = { exitCode: 1, signal: null, step: 'build' };
const DEPENDENCIES: ExitFacts = { ...BUILD, step: 'dependencies' };

type Row = readonly [file: string, failureClass: FailureClass, phase: string | null, errorLine: string | null];

const UNDECLARED = 'broken.c:2:16: error: ‘undeclared_thing’ undeclared (first use in this function)';

const LOGS: readonly Row[] = [
  ['fail-compile', 'compile', 'compile', UNDECLARED],
  ['fail-compile-quiet-build', 'compile', 'compile', UNDECLARED],
  ['fail-compile-quiet-build-quiet-fail', 'compile', 'compile', 'compiler failed'],
  ['fail-configure', 'configure', 'configure', 'configure: error: libabsent is required'],
  ['fail-fetch-restricted', 'fetch', null, 'app-broken/nofetch-thing-1.0 has fetch restriction turned on.'],
  ['fail-in-dependency', 'compile', 'compile', UNDECLARED],
  ['fail-install', 'install', 'install', 'dobin: no-such-program does not exist'],
  ['fail-postinst', 'install', 'postinst', 'cannot update the cache'],
  ['fail-pretend', 'pretend', 'pretend', 'not enough disk space'],
  ['fail-test', 'test', 'test', '1 of 3 tests failed'],
  ['fail-use', 'compile', 'compile', 'turbo is broken on this host'],
  ['flaky-1', 'compile', 'compile', 'collect2: error: ld returned 1 exit status (try again)'],
];

const BUILD_LOGS: readonly Row[] = [
  ['fails-compile', 'compile', 'compile', UNDECLARED],
  ['fails-configure', 'configure', 'configure', 'configure: error: libabsent is required'],
  ['fails-install', 'install', 'install', 'dobin: no-such-program does not exist'],
  ['fails-postinst', 'install', 'postinst', 'cannot update the cache'],
  ['fails-pretend', 'pretend', 'pretend', 'not enough disk space'],
  ['fails-test', 'test', 'test', '1 of 3 tests failed'],
  ['fails-use', 'compile', 'compile', 'turbo is broken on this host'],
  ['flaky', 'compile', 'compile', 'collect2: error: ld returned 1 exit status (try again)'],
  ['nofetch-thing', 'fetch', null, 'app-broken/nofetch-thing-1.0 has fetch restriction turned on.'],
];

const ERRORS: readonly (readonly [file: string, failureClass: FailureClass, errorLine: string])[] = [
  ['bad-atom', 'missing', "'app-misc/variants-1.0' is not a valid package atom."],
  ['bad-option', 'unknown', 'emerge: error: unrecognized arguments: --no-such-option'],
  ['binary-file-missing-on-host', 'dependency', '2026-11-23 07:47:34 ERROR 404: File not Found'],
  ['binary-missing-pdepend', 'dependency', 'there are no binary packages to satisfy "app-misc/swarmfetch-plugins"'],
  ['binary-missing', 'dependency', 'there are no binary packages to satisfy "app-broken/fails-use"'],
  ['binary-stale-subslot', 'dependency', 'there are no binary packages to satisfy "sys-libs/swarmcore:0/1="'],
  ['binary-use-mismatch-respect-use', 'dependency', 'masked by: use flag configuration mismatch'],
  ['binhost-down', 'dependency', 'there are no binary packages to satisfy "=dev-util/sgen-1.2"'],
  ['buildpkgonly-deps-missing', 'dependency', '--buildpkgonly requires all dependencies to be merged.'],
  ['circular-build', 'circular', 'Error: circular dependencies:'],
  ['digest-mismatch', 'dependency', 'Digest verification failed:'],
  ['flatcar-circular', 'circular', 'Error: circular dependencies:'],
  ['hard-block-autouninstall', 'blocker', 'packages which cannot be'],
  ['hard-block', 'blocker', 'packages which cannot be'],
  ['keyword-autounmask', 'masked', 'keyword changes are necessary'],
  ['masked-dep', 'masked', 'could satisfy "app-broken/masked-thing" have been masked.'],
  ['masked-keyword', 'masked', 'could satisfy "app-broken/testing-thing" have been masked.'],
  ['masked-license', 'masked', 'could satisfy "app-broken/license-thing" have been masked.'],
  ['masked-missing-keyword', 'masked', 'could satisfy "app-broken/nokeyword-thing" have been masked.'],
  ['masked', 'masked', 'could satisfy "app-broken/masked-thing" have been masked.'],
  ['missing-dep', 'missing', 'there are no ebuilds to satisfy "dev-libs/absent".'],
  ['no-such-package', 'missing', 'there are no ebuilds to satisfy "app-misc/no-such-package".'],
  ['no-such-version', 'missing', 'there are no ebuilds to satisfy "=app-misc/variants-9.9".'],
  ['required-use', 'required_use', 'The ebuild selected to satisfy "app-misc/variants" has unmet requirements.'],
  ['signature-missing', 'dependency', 'Binary package is not usable (verification failed):'],
  ['signature-unverifiable', 'dependency', 'Binary package is not usable (verification failed):'],
  ['slot-conflict', 'slot_conflict', 'Multiple package instances within a single package slot have been pulled'],
  ['unknown-short-name', 'missing', 'there are no ebuilds to satisfy "circ".'],
  ['use-change-needed-autounmask-n', 'use_change', 'built with USE flags to satisfy "dev-libs/swarmjson[pretty]".'],
  ['use-change-needed', 'use_change', 'The following USE changes are necessary to proceed:'],
];

// They end well: emerge only warns in them, or would do what was asked.
const SUCCESSES = ['binary-use-mismatch-auto', 'binary-use-mismatch-ignored', 'fetch-restricted-pretend'];

describe('what real emerge printed', () => {
  test.each(LOGS)('logs/%s.txt is %s in phase %s: %s', (file, failureClass, phase, errorLine) => {
    expect(causeOf(fixtureText(`logs/${file}.txt`), BUILD)).toMatchObject({ failureClass, phase, errorLine });
  });

  test.each(BUILD_LOGS)('the build log of %s is %s in phase %s: %s', (name, failureClass, phase, errorLine) => {
    const file = fixturesIn('buildlogs').find((path) => path.includes(`_${name}-`)) ?? '';

    expect(causeOf(fixtureText(file), BUILD)).toMatchObject({ failureClass, phase, errorLine });
  });

  test.each(ERRORS)('errors/%s.txt is %s: %s', (file, failureClass, errorLine) => {
    const cause = causeOf(fixtureText(`errors/${file}.txt`), BUILD);

    expect(cause.failureClass).toBe(failureClass);
    expect(cause.errorLine?.toLowerCase()).toContain(errorLine.toLowerCase());
  });

  test('no captured failure is left out', () => {
    const failures = fixturesIn('logs').filter((path) => path.includes('/fail-') || path.includes('/flaky-1'));
    expect(failures).toEqual(LOGS.map(([name]) => `logs/${name}.txt`).toSorted());
    const errors = [...ERRORS.map(([name]) => name), ...SUCCESSES].map((name) => `errors/${name}.txt`);
    expect(fixturesIn('errors')).toEqual(errors.toSorted());
  });

  test.each(ERRORS.filter(([name]) => !name.startsWith('bad-')))(
    'while dependencies are installed, errors/%s.txt is not the fault of the package',
    (file) => {
      const cause = causeOf(fixtureText(`errors/${file}.txt`), DEPENDENCIES);

      expect(cause).toMatchObject({ failureClass: 'dependency', errorLine: expect.any(String) as string });
    },
  );

  test.each(['signal-INT-group', 'signal-TERM-emerge-only', 'signal-TERM-group-quiet-build', 'signal-TERM-group'])(
    'logs/%s.txt was killed, even if nobody saw the signal',
    (file) => {
      expect(causeOf(fixtureText(`logs/${file}.txt`), { ...BUILD, exitCode: null })).toMatchObject({
        failureClass: 'killed',
        errorLine: expect.stringMatching(/^Exiting on signal (2|15)$/) as string,
      });
    },
  );
});

describe('how it ended', () => {
  const hanging = fixtureText(fixturesIn('buildlogs').find((path) => path.includes('_hangs-')) ?? '');

  test.each<[string, Partial<ExitFacts>, FailureClass]>([
    ['by a signal', { exitCode: null, signal: 'SIGKILL' }, 'killed'],
    ['by a signal that a shell reported', { exitCode: 143 }, 'killed'],
    ['after too long', { exitCode: null, signal: 'SIGKILL', timedOut: true }, 'timeout'],
    ['after too much silence', { exitCode: null, signal: 'SIGKILL', silent: true }, 'silent'],
  ])('a build that ended %s died in the phase it was in', (_, facts, failureClass) => {
    expect(causeOf(hanging, { ...BUILD, ...facts })).toMatchObject({ failureClass, phase: 'compile' });
  });

  test('a success about which somebody asks left no package', () => {
    expect(causeOf(fixtureText('logs/success-buildpkgonly.txt'), { ...BUILD, exitCode: 0 })).toMatchObject({
      failureClass: 'missing_binary',
      errorLine: null,
    });
  });

  test('without a log nothing is known', () => {
    expect(causeOf('', BUILD)).toEqual({
      ...{ failureClass: 'unknown', phase: null, errorLine: null, errorLineNumber: null, excerpt: '' },
      ...{ confidence: 'guess', reason: 'nothing that is known in the log' },
    });
  });
});

/** A build log that dies in `phase` after these lines of it. */
function dyingIn(
  phase: 'compile' | 'test' | 'install',
  lines: readonly string[],
  before: readonly string[] = [],
): string {
  const began = {
    compile: '>>> Compiling source in /w ...',
    test: '>>> Test phase: a/b-1',
    install: '>>> Install a/b-1 into /i',
  };
  const die = [` * ERROR: a/b-1::gentoo failed (${phase} phase):`, ' *   emake failed', ' * ', ' * Call stack:'];
  return [...before, began[phase], ...lines, ...die].join('\n');
}

const chatter = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `[${index}] CC file${index}.o`);

describe('memory and disk', () => {
  test.each<[FailureClass, string]>([
    ['oom', 'x86_64-pc-linux-gnu-g++: fatal error: Killed signal terminated program cc1plus'],
    ['oom', 'g++: internal compiler error: Killed (program cc1plus)'],
    ['oom', 'virtual memory exhausted: Cannot allocate memory'],
    ['oom', 'cc1plus: out of memory allocating 65536 bytes after a total of 1000000 bytes'],
    ['oom', 'LLVM ERROR: out of memory'],
    ['oom', "terminate called after throwing an instance of 'std::bad_alloc'"],
    ['oom', 'collect2: fatal error: ld terminated with signal 9 [Killed]'],
    ['oom', "  process didn't exit successfully: `rustc --crate-name x` (signal: 9, SIGKILL: kill)"],
    ['oom', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
    ['oom', 'make[2]: *** [Makefile:3: x.o] Killed'],
    ['oom', '/bin/sh: line 1: 12345 Killed                  ./generate > table.c'],
    ['disk_full', '/usr/bin/ld: final link failed: No space left on device'],
    ['disk_full', 'fatal error: error writing to /tmp/ccX.s: No space left on device'],
    ['disk_full', "OSError: [Errno 28] No space left on device: 'x'"],
    ['disk_full', 'cp: error writing x: Disk quota exceeded'],
  ])('%s wins over the phase: %s', (failureClass, line) => {
    const cause = causeOf(dyingIn('compile', [line, 'compilation terminated.', 'make: *** [all] Error 1']), BUILD);

    expect(cause).toMatchObject({ failureClass, phase: 'compile', errorLine: line.trim() });
  });

  test('it is found beside the first failed command, though parallel jobs print on for long', () => {
    const lines = [...chatter(300), 'g++: fatal error: Killed signal terminated program cc1plus'];
    const log = dyingIn('compile', [
      ...lines,
      'make[2]: *** [x.o] Error 1',
      ...chatter(300),
      'make: *** [all] Error 2',
    ]);

    expect(causeOf(log, BUILD).failureClass).toBe('oom');
  });

  test('ninja tells the command first and the reason after it', () => {
    const lines = [
      'FAILED: x.o',
      'g++ -O2 -c x.cc -o x.o',
      'cc1plus: out of memory allocating 8 bytes',
      ...chatter(100),
    ];

    expect(causeOf(dyingIn('compile', lines), BUILD).failureClass).toBe('oom');
  });

  test('it also explains a kill and the failure of a dependency', () => {
    const log = dyingIn('install', ['tar: x: Cannot write: No space left on device']);

    expect(causeOf(log, { ...BUILD, exitCode: null, signal: 'SIGKILL' }).failureClass).toBe('disk_full');
    expect(causeOf(log, DEPENDENCIES).failureClass).toBe('disk_full');
  });

  test("Portage's own end without a die is explained by its last lines", () => {
    const log = [
      '>>> Emerging (1 of 1) a/b-1',
      'Traceback (most recent call last):',
      'OSError: [Errno 28] No space left on device',
    ];

    expect(causeOf(log.join('\n'), BUILD).failureClass).toBe('disk_full');
  });

  test('a signal sent from outside stays one if only the beginning of the log mentions memory', () => {
    const log = ['>>> Compiling source in /w ...', 'virtual memory exhausted: handled', ...chatter(100)].join('\n');

    expect(causeOf(log, { ...BUILD, exitCode: null, signal: 'SIGTERM' }).failureClass).toBe('killed');
  });
});

describe('a log that only mentions memory or disk is not taken for running out of it', () => {
  test('in an earlier phase', () => {
    const configure = ['>>> Configuring source in /w ...', 'probe: write failed: No space left on device'];

    expect(causeOf(dyingIn('compile', ['x.c:1: error: x'], configure).toString(), BUILD).failureClass).toBe('compile');
  });

  test('far from the failure', () => {
    const lines = [
      'simulating: No space left on device',
      ...chatter(31),
      'x.c:1:1: error: x',
      'make: *** [x.o] Error 1',
    ];

    expect(causeOf(dyingIn('compile', lines), BUILD).failureClass).toBe('compile');
  });

  test('in the middle of a test run that failed for another reason', () => {
    const tests = ['full disk: No space left on device', ...chatter(12), 'FAIL: parser', 'make: *** [check] Error 1'];

    expect(causeOf(dyingIn('test', tests), BUILD)).toMatchObject({ failureClass: 'test', errorLine: 'FAIL: parser' });
  });

  test.each([
    'checking how a full disk is reported... No space left on device',
    'handles "No space left on device" ... ok',
    'ok 12 - Cannot allocate memory',
    'PASS: ENOSPC is reported',
    'x.c:3:5: warning: "No space left on device" is not translated [-Wextra]',
    '   12 |   fail("Cannot allocate memory");',
    'x86_64-pc-linux-gnu-g++ -O2 -DMESSAGE="No space left on device" -c x.cc',
  ])('beside the failure, but in a harmless line: %s', (line) => {
    const log = dyingIn('compile', [line, 'x.c:1:1: error: expected declaration', 'make: *** [x.o] Error 1']);

    expect(causeOf(log, BUILD)).toMatchObject({
      failureClass: 'compile',
      errorLine: 'x.c:1:1: error: expected declaration',
    });
  });
});

describe('what Portage itself refuses', () => {
  const emerging = '>>> Emerging (1 of 1) a/b-1::gentoo';

  test.each<[FailureClass, string]>([
    ['fetch', "!!! Couldn't download 'b-1.tar.xz'. Aborting."],
    ['checksum', '!!! Digest verification failed:'],
    ['checksum', '!!! Fetched file: b-1.tar.xz VERIFY FAILED!'],
    ['sandbox', ' * --------------------------- ACCESS VIOLATION SUMMARY ---------------------------'],
    ['collision', ' * Detected file collision(s):'],
  ])('%s: %s', (failureClass, line) => {
    expect(causeOf([emerging, line, '>>> Failed to emerge a/b-1'].join('\n'), BUILD).failureClass).toBe(failureClass);
  });

  test('a QA check that dies is not a failed src_install', () => {
    const log = dyingIn('install', ['!!! ERROR: poor programming practices shown above']);

    expect(causeOf(log, BUILD).failureClass).toBe('qa');
  });

  test('the words of the resolver mean nothing once a package is being built', () => {
    const log = [emerging, 'emerge: there are no ebuilds to satisfy "test/case".', 'All is lost'].join('\n');

    expect(causeOf(log, BUILD).failureClass).toBe('unknown');
  });
});

describe('whatever a log contains', () => {
  test('the excerpt is short, plain and has the decisive line', () => {
    const cause = causeOf(fixtureText('logs/fail-compile.txt'), BUILD);

    expect(cause.excerpt).toContain(UNDECLARED);
    expect(cause.excerpt).toContain('failed (compile phase)');
    expect(cause.excerpt.split('\n').length).toBeLessThanOrEqual(40);
    expect(cause.excerpt).not.toMatch(/[^\P{Cc}\n\t]/u);
  });

  test('no text makes it throw', () => {
    const words = fc.constantFrom(
      '\n',
      '\r',
      '\u001b[31m',
      '>>> Emerging ',
      ' * ERROR: a/b-1 failed (',
      'test',
      ' phase):',
      '\u0000',
      'error: ',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 40 }).map((parts) => parts.join('')),
    );
    const facts = fc.record({
      exitCode: fc.constantFrom(null, 0, 1, 2, 137),
      signal: fc.constantFrom(null, 'SIGTERM'),
      step: fc.constantFrom('build' as const, 'dependencies' as const),
    });
    fc.assert(
      fc.property(text, facts, (log, exit) => {
        expect(isFailureClass(causeOf(log, exit).failureClass)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
