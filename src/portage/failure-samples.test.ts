import { describe, expect, test } from 'vitest';
import type { FailureClass } from '../core/failure-class.ts';
import { causeOf, type ExitFacts } from './failure-cause.ts';

const BUILD: ExitFacts = { exitCode: 1, signal: null, step: 'build' };

const BEGINNINGS = {
  fetch: '>>> Emerging (1 of 1) a/b-1::gentoo',
  unpack: '>>> Unpacking source...',
  prepare: '>>> Preparing source in /w ...',
  configure: '>>> Configuring source in /w ...',
  compile: '>>> Compiling source in /w ...',
  test: '>>> Test phase: a/b-1',
  install: '>>> Install a/b-1 into /i',
} as const;

type Phase = keyof typeof BEGINNINGS;

/** What tools print when they fail, with the line that says why marked by `»`. */
type Sample = readonly [what: string, phase: Phase, failureClass: FailureClass, lines: readonly string[]];

const SAMPLES: readonly Sample[] = [
  [
    'gcc below a recursive make with parallel jobs',
    'compile',
    'compile',
    [
      'gcc -O2 -c parse.c -o parse.o',
      'parse.c: In function ‘next’:',
      '»parse.c:41:12: error: ‘struct token’ has no member named ‘kind’',
      '   41 |   if (token->kind == 0) return;',
      'make[2]: *** [Makefile:511: parse.o] Error 1',
      'make[2]: *** Waiting for unfinished jobs....',
      'gcc -O2 -c lex.c -o lex.o',
      "lex.c:9:1: error: expected ';' before '}' token",
      'make[2]: *** [Makefile:511: lex.o] Error 1',
      'make[1]: *** [Makefile:392: all-recursive] Error 1',
      'make: *** [Makefile:323: all] Error 2',
    ],
  ],
  [
    'a linker, before what collect2 makes of it',
    'compile',
    'compile',
    [
      "»/usr/lib/gcc/x86_64-pc-linux-gnu/13/../ld: main.o: in function `main': main.c:(.text+0x9): undefined reference to `frob'",
      'collect2: error: ld returned 1 exit status',
      'make: *** [Makefile:7: b] Error 1',
    ],
  ],
  [
    'a library that the linker cannot find',
    'compile',
    'compile',
    ['»/usr/bin/ld: cannot find -lfrob: No such file or directory', 'collect2: error: ld returned 1 exit status'],
  ],
  [
    'make without a rule',
    'compile',
    'compile',
    [
      'make[1]: Entering directory /w',
      "»make[1]: *** No rule to make target 'x.h', needed by 'x.o'.  Stop.",
      'make: *** [a] Error 2',
    ],
  ],
  [
    'ninja, which says the command first',
    'compile',
    'compile',
    [
      '[17/301] Compiling C++ object a.p/a.cc.o',
      'FAILED: a.p/b.cc.o ',
      'x86_64-pc-linux-gnu-g++ -Ia.p -O2 -Werror=format-security -o a.p/b.cc.o -c ../b.cc',
      '»../b.cc:3:10: fatal error: frob/frob.h: No such file or directory',
      '    3 | #include <frob/frob.h>',
      'compilation terminated.',
      '[18/301] Compiling C++ object a.p/c.cc.o',
      'ninja: build stopped: subcommand failed.',
    ],
  ],
  [
    'cmake',
    'configure',
    'configure',
    [
      '-- Looking for frob - not found',
      '»CMake Error at CMakeLists.txt:12 (find_package):',
      '  Could not find a package configuration file provided by "Frob"',
      '-- Configuring incomplete, errors occurred!',
    ],
  ],
  [
    'meson',
    'configure',
    'configure',
    [
      'Run-time dependency frob found: NO (tried pkgconfig and cmake)',
      '',
      '»../b-1/meson.build:31:0: ERROR: Dependency "frob" not found, tried pkgconfig and cmake',
      'A full log can be found at /w/meson-logs/meson-log.txt',
    ],
  ],
  [
    'cargo',
    'compile',
    'compile',
    [
      '   Compiling frob v0.1.0',
      '»error[E0308]: mismatched types',
      '  --> src/main.rs:4:5',
      'error: could not compile `frob` (bin "frob") due to 1 previous error',
      'warning: build failed, waiting for other jobs to finish...',
    ],
  ],
  [
    'a build script in Rust',
    'compile',
    'compile',
    [
      '»error: failed to run custom build command for `openssl-sys v0.9.9`',
      'Caused by:',
      '  process didn’t exit successfully: `/w/target/build/x` (exit status: 101)',
      "  thread 'main' panicked at build.rs:3:5:",
    ],
  ],
  [
    'go',
    'compile',
    'compile',
    ['# example.org/frob/cmd', '»cmd/main.go:12:9: undefined: frob.New', 'make: *** [Makefile:3: frob] Error 1'],
  ],
  [
    'a setup.py of python',
    'compile',
    'compile',
    [
      'Traceback (most recent call last):',
      '  File "/w/setup.py", line 3, in <module>',
      '    import frob',
      "»ModuleNotFoundError: No module named 'frob'",
    ],
  ],
  [
    'perl',
    'configure',
    'configure',
    ["»Can't locate Frob/Build.pm in @INC (you may need to install the Frob::Build module) at Build.PL line 3."],
  ],
  ['TeX', 'compile', 'compile', ['(./manual.tex', '»! Undefined control sequence.', 'l.12 \\frob']],
  [
    'autoconf',
    'configure',
    'configure',
    ['checking for frob... no', '»configure: error: Package requirements (frob >= 2) were not met:'],
  ],
  [
    'a patch',
    'prepare',
    'patch',
    [
      'Applying frob.patch ...',
      'patching file src/main.c',
      '»Hunk #2 FAILED at 110.',
      '1 out of 3 hunks FAILED -- saving rejects to file src/main.c.rej',
    ],
  ],
  [
    'a broken archive',
    'unpack',
    'unpack',
    ['xz: b-1.tar.xz: Unexpected end of input', '»tar: Error: is not recoverable: exiting now'],
  ],
  [
    'automake’s tests',
    'test',
    'test',
    ['PASS: one', 'error: this one is wanted', '»FAIL: two', '# TOTAL: 2', 'make[1]: *** [Makefile:9: check] Error 1'],
  ],
  [
    'pytest',
    'test',
    'test',
    [
      'E       AssertionError: assert 1 == 2',
      '»FAILED tests/test_frob.py::test_two - AssertionError',
      '=== 1 failed, 7 passed in 0.10s ===',
    ],
  ],
  [
    'ctest',
    'test',
    'test',
    ['      Start 2: two', '»2/2 Test #2: two ....***Failed    0.01 sec', '50% tests passed, 1 tests failed out of 2'],
  ],
  ['go test', 'test', 'test', ['=== RUN   TestTwo', '»--- FAIL: TestTwo (0.00s)', '    two_test.go:9: got 1', 'FAIL']],
  ['cargo test', 'test', 'test', ['test one ... ok', '»test two ... FAILED', '', 'failures:']],
  // The toolchain and the machine.
  [
    'a crash of the compiler',
    'compile',
    'compiler_crash',
    [
      '»x.cc:1:1: internal compiler error: Segmentation fault',
      'Please submit a full bug report, with preprocessed source.',
      'make: *** [x.o] Error 1',
    ],
  ],
  [
    'a crash of clang',
    'compile',
    'compiler_crash',
    [
      '»PLEASE submit a bug report to https://bugs.gentoo.org and include the crash backtrace',
      'make: *** [x.o] Error 139',
    ],
  ],
  [
    'a crash that does not come again',
    'compile',
    'machine',
    [
      '»The bug is not reproducible, so it is likely a hardware or OS problem.',
      'x.cc:1:1: internal compiler error: Segmentation fault',
      'make: *** [x.o] Error 1',
    ],
  ],
  [
    'a program that is still being written',
    'compile',
    'machine',
    ['»/bin/sh: line 1: ./genfrob: Text file busy', 'make: *** [Makefile:3: frob.h] Error 126'],
  ],
  [
    'a failing disk',
    'install',
    'machine',
    ["»cp: error reading 'x': Input/output error", 'make: *** [install] Error 1'],
  ],
  [
    'too few processes',
    'compile',
    'machine',
    ['»/bin/sh: fork: retry: Resource temporarily unavailable', 'make: *** [x.o] Error 254'],
  ],
  [
    'memory in a compiler',
    'compile',
    'oom',
    ['»x86_64-pc-linux-gnu-g++: internal compiler error: Killed (program cc1plus)', 'make: *** [x.o] Error 4'],
  ],
  [
    'memory in a linker',
    'compile',
    'oom',
    [
      '»collect2: fatal error: ld terminated with signal 9 [Killed]',
      'compilation terminated.',
      'ninja: build stopped: subcommand failed.',
    ],
  ],
  [
    'memory in clang',
    'compile',
    'oom',
    ['»clang: error: unable to execute command: Killed', 'clang: error: clang frontend command failed due to signal'],
  ],
  [
    'memory in go',
    'compile',
    'oom',
    [
      '»go build example.org/frob: /usr/lib/go/pkg/tool/linux_amd64/compile: signal: killed',
      'make: *** [frob] Error 1',
    ],
  ],
  [
    'memory in rustc',
    'compile',
    'oom',
    [
      'error: could not compile `frob` (lib)',
      'Caused by:',
      '»  process didn’t exit successfully: `rustc --crate-name frob` (signal: 9, SIGKILL: kill)',
    ],
  ],
  [
    'memory, as make sees it',
    'compile',
    'oom',
    ['»make[2]: *** [Makefile:3: x.o] Error 137', 'make: *** [all] Error 2'],
  ],
  // What the sandbox sees.
  [
    'the sandbox',
    'install',
    'sandbox',
    ['» * ACCESS DENIED:  open_wr:      /usr/share/frob', 'make: *** [install] Error 1'],
  ],
  // The network, where it may be used and where it may not.
  [
    'git in unpack',
    'unpack',
    'network',
    ["»fatal: unable to access 'https://git.example.org/b.git/': Could not resolve host: git.example.org"],
  ],
  [
    'a download in compile',
    'compile',
    'compile',
    ['»error: failed to get `frob`: Could not resolve host: index.example.org', 'make: *** [x] Error 1'],
  ],
];

/** Samples of fetching have no `die`. */
const FETCHES: readonly (readonly [string, FailureClass, readonly string[]])[] = [
  [
    'no name',
    'network',
    [
      'Resolving mirror.example.org... failed: Temporary failure in name resolution.',
      '»wget: unable to resolve host address ‘mirror.example.org’',
    ],
  ],
  ['no way', 'network', ['»Connecting to mirror.example.org|192.0.2.1|:443... failed: No route to host.']],
  ['no answer', 'network', ['»curl: (28) Operation timed out after 60001 milliseconds']],
  [
    'a server in trouble',
    'network',
    [
      'HTTP request sent, awaiting response... 503 Service Unavailable',
      '»2026-11-23 07:47:34 ERROR 503: Service Unavailable.',
    ],
  ],
  ['no such file', 'fetch', ['»2026-11-23 07:47:34 ERROR 404: Not Found.']],
  ['no such file with curl', 'fetch', ['»curl: (22) The requested URL returned error: 404']],
  [
    'one mirror without it and one that is away',
    'fetch',
    ['wget: unable to resolve host address ‘b.example.org’', '»2026-11-23 07:47:34 ERROR 404: Not Found.'],
  ],
  [
    'another file than the Manifest says',
    'checksum',
    ['»!!! Fetched file: b-1.tar.xz VERIFY FAILED!', '!!! Reason: Filesize does not match recorded size'],
  ],
  ['nothing said', 'fetch', []],
];

describe('what tools print when they fail', () => {
  test.each(SAMPLES)('%s', (_, phase, failureClass, lines) => {
    const { log, marked } = written([
      BEGINNINGS.fetch,
      '>>> Unpacking source...',
      BEGINNINGS[phase],
      ...lines,
      ...dying(phase),
    ]);

    expect(causeOf(log, BUILD)).toMatchObject({ failureClass, ...marked });
  });

  test.each(FETCHES)('fetching: %s', (_, failureClass, lines) => {
    const end = ["!!! Couldn't download 'b-1.tar.xz'. Aborting.", " * Fetch failed for 'a/b-1', Log file:"];
    const { log, marked } = written([BEGINNINGS.fetch, ...lines, ...end]);

    expect(causeOf(log, BUILD)).toMatchObject({ failureClass, ...(lines.length === 0 ? {} : marked) });
  });

  test('a network that fails while dependencies are installed is not the fault of the package', () => {
    const log = [
      BEGINNINGS.fetch,
      'wget: unable to resolve host address ‘x’',
      "!!! Couldn't download 'b-1.tar.xz'. Aborting.",
    ];

    expect(causeOf(log.join('\n'), { ...BUILD, step: 'dependencies' }).failureClass).toBe('dependency');
  });
});

function dying(phase: Phase): string[] {
  return [` * ERROR: a/b-1::gentoo failed (${phase} phase):`, ' *   emake failed', ' * ', ' * Call stack:'];
}

function written(lines: readonly string[]) {
  const line = lines.findIndex((each) => each.startsWith('»'));
  const errorLine = (lines[line] ?? '')
    .slice(1)
    .replace(/^( \* +|!!! +)/, '')
    .trim();
  return {
    log: lines.map((each) => each.replace(/^»/, '')).join('\n'),
    marked: { errorLine, errorLineNumber: line + 1 },
  };
}
