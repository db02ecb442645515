import type { FailureClass } from '../core/failure-class.ts';

/**
 * Where in a log a line has to stand so that it explains the failure: `resolver`, before emerge began
 * to work on a package; `portage`, anywhere since, when no ebuild died; `die`, near the message of the
 * ebuild that died, with the phase left out of account; `beside`, right beside the failure (`causeOf`
 * says what that is).
 */
export type FailurePlace = 'resolver' | 'portage' | 'die' | 'beside';

/** One line of a log that tells why something failed. */
export type FailurePattern = {
  readonly place: FailurePlace;
  readonly failureClass: FailureClass;
  readonly pattern: RegExp;
  /** Ebuild phases in which it means that; all of them when absent. Null is none: no phase has begun. */
  readonly phases?: readonly (string | null)[];
  /** What the line proves, as a person would say it. */
  readonly proves: string;
};

type Row = readonly [failureClass: FailureClass, pattern: RegExp, proves: string];

/** Phases in which Portage, or the ebuild, fetches sources; later a package has no business in the network. */
const FETCHING = { portage: [null, 'pretend', 'unpack'], beside: ['setup', 'unpack'] } as const;

/**
 * What lines of a log prove. Within a place the first entry that matches wins, so special cases stand
 * before the general ones whose words they share. No expression here can take more than linear time on
 * a line (no repetition within a repetition), which `failure-patterns.test.ts` checks.
 */
export const FAILURE_PATTERNS: readonly FailurePattern[] = [
  // The resolver's refusals (_emerge/depgraph.py, _emerge/resolver).
  ...rows('resolver', [
    // About binaries: not the package is at fault, but what the binhost has for this drone.
    ['dependency', /there are no binary packages to satisfy "/, 'the binhost has no such package'],
    ['dependency', /--buildpkgonly requires all dependencies to be merged/, 'a build dependency is not installed'],
    ['dependency', /masked by: [^)]*use flag configuration mismatch/, 'the binary has other USE flags'],
    ['use_change', /there are no ebuilds built with USE flags to satisfy "/, 'a dependency has other USE flags'],
    ['use_change', /The following USE changes are necessary to proceed/, 'a dependency needs other USE flags'],
    ['required_use', /has unmet requirements\.$/, 'REQUIRED_USE is not met'],
    ['masked', /that could satisfy ".*" have been masked/, 'every version is masked'],
    ['masked', /The following (keyword|license|mask) changes are necessary to proceed/, 'it is masked'],
    ['slot_conflict', /Multiple package instances within a single package slot/, 'two versions in one slot'],
    ['circular', /Error: circular dependencies:/, 'a circle of dependencies'],
    ['blocker', /Error: The above package list contains packages which cannot be/, 'packages block each other'],
    ['missing', /there are no ebuilds to satisfy "/, 'there is no ebuild'],
    ['missing', /is not a valid package atom/, 'it is no atom'],
  ]),
  // Portage's own refusals outside the phases. A server that answers proves that the network works.
  ...rows('portage', [
    ['sandbox', /ACCESS VIOLATION SUMMARY|^ \* ACCESS DENIED:/, 'the sandbox stopped it'],
    ['fetch', /has fetch restriction turned on/, 'its sources must be put there by hand'],
    ['fetch', /Fetch Restriction: .*unsatisfied/, 'its sources must be put there by hand'],
    ['checksum', /VERIFY FAILED!|Digest verification failed:|Manifest verification failed/, 'a checksum differs'],
    ['fetch', /\bERROR 4\d\d: |returned error: 4\d\d\b|: 550 /, 'the server does not have the sources'],
    ['network', /\bERROR 5\d\d: |returned error: 5\d\d\b/, 'the server of the sources is out of order'],
  ]),
  ...network('portage'),
  ...rows('portage', [
    ['fetch', /Couldn't download '|Fetch failed for '/, 'its sources cannot be fetched'],
    ['collision', /Detected file collision\(s\)|NOT merged due to file collisions/, 'files of another package'],
  ]),
  // What overrules the phase in which an ebuild died.
  ...rows('die', [
    ['sandbox', /ACCESS VIOLATION SUMMARY|^ \* ACCESS DENIED:/, 'the sandbox stopped it'],
    ['qa', /due to (serious )?QA concerns|poor programming practices|multilib-strict check failed/, 'a QA check died'],
    ['collision', /Detected file collision\(s\)/, 'files of another package'],
  ]),
  ...network('beside'),
  ...rows('beside', [
    ['disk_full', /No space left on device|Disk quota exceeded|\bENOSPC\b/, 'a write failed: no room'],
    // The kernel kills with SIGKILL what takes too much; who reports it is the parent of what was killed.
    ['oom', /Killed signal terminated program|internal compiler error: Killed/, 'the compiler was killed'],
    ['oom', /virtual memory exhausted|Cannot allocate memory|\bENOMEM\b/, 'memory was refused'],
    ['oom', /\bout of memory\b|\bmemory exhausted\b/i, 'memory was refused'],
    ['oom', /std::bad_alloc|\bOutOfMemoryError\b|^MemoryError\b/, 'memory was refused'],
    ['oom', /terminated with signal 9\b|\bsignal: 9, SIGKILL|: signal: killed$/, 'a tool was killed'],
    ['oom', /unable to execute command: Killed|\(Killed\)$/, 'a tool was killed'],
    ['oom', /^g?make(\[\d+\])?: \*\*\* .* (Killed|Error 137)$|^\S*sh: line \d+: +\d+ Killed\b/, 'a command was killed'],
    // gcc tries a crash again before it says so.
    ['machine', /bug is not reproducible, so it is likely a hardware or OS problem/, 'the crash did not repeat'],
    ['machine', /Input\/output error|Read-only file system|Stale file handle|Structure needs cleaning/, 'bad disk'],
    ['machine', /Text file busy/, 'a program was run while it was still being written'],
    ['machine', /Too many open files|fork: (retry: )?(Resource temporarily unavailable|Cannot fork)/, 'a limit'],
    ['machine', /\bBus error\b|\bIllegal instruction\b/, 'the processor refused'],
    ['compiler_crash', /internal compiler error: |the compiler unexpectedly panicked/, 'the compiler crashed'],
    ['compiler_crash', /unable to execute command: (Segmentation fault|Aborted)|^LLVM ERROR: /, 'the compiler crashed'],
    ['compiler_crash', /PLEASE (submit a (full )?bug report|ATTACH THE FOLLOWING)/, 'the compiler crashed'],
  ]),
];

function rows(place: FailurePlace, entries: readonly Row[]): FailurePattern[] {
  return entries.map(([failureClass, pattern, proves]) => ({ place, failureClass, pattern, proves }));
}

function network(place: 'portage' | 'beside'): FailurePattern[] {
  const lines: readonly Row[] = [
    ['network', /unable to resolve host|[Cc]ould not resolve (host|proxy)|: no such host$/, 'a name is not resolved'],
    ['network', /Temporary failure in name resolution|Name or service not known/, 'a name is not resolved'],
    ['network', /Network is unreachable|No route to host|Failed to connect to /, 'there is no way to the server'],
    ['network', /Connection (refused|timed out|reset by peer)|[Oo]peration timed out/, 'the server does not answer'],
  ];
  return rows(place, lines).map((row) => ({ ...row, phases: FETCHING[place] }));
}

/** What the phase of a `die` means; phases that are not named here tell nothing. */
export const PHASE_CLASSES: Readonly<Record<string, FailureClass>> = {
  ...{ pretend: 'pretend', setup: 'pretend', nofetch: 'fetch', unpack: 'unpack', prepare: 'patch' },
  ...{ configure: 'configure', compile: 'compile', test: 'test', install: 'install', package: 'package' },
  // Only met where a package is also merged; like src_install they put files in their place.
  ...{ preinst: 'install', postinst: 'install', prerm: 'install', postrm: 'install' },
};

/** Lines that talk about such things without being the failure. */
export const HARMLESS_LINES: readonly RegExp[] = [
  /^(checking|ok \d|PASS\b|#)/,
  /(^|\W)(ok|yes|no|pass|passed|success|successful|skipped|xfail)\W{0,20}$/i,
  /\b(warning|note): |\(ignored\)$/,
  // Source text that a compiler quotes, and the command line that called it.
  /^\s*\d* \|/,
  /^(\S*\/)?([\w.+-]*-)?(gcc|g\+\+|cc|c\+\+|clang|clang\+\+|ld|libtool|rustc)(?=\s).* -[A-Za-z]/,
];

/** Where a build tool says that one of its commands failed: the reason stands right beside it. */
export const TOOL_FAILURES: readonly RegExp[] = [
  /^g?make(\[\d+\])?: \*\*\* /,
  /^FAILED: /,
  /^error: could not compile /,
];

/** Why a binary package was not taken: wget's answer, Portage's complaint. */
export const BINARY_ERROR = /\bERROR \d{3}: |Binary package is not usable|^!!! /;

/** Of compilers, linkers, configure, meson, cmake, cargo, go, python, perl, node, TeX … */
const TOOL_ERROR =
  /(^|[\s:])(fatal )?error(\[[\w-]+\])?:(\s|$)|undefined reference to |multiple definition of |^CMake Error|^!!! |^([\w.]+\.)?\w+(Error|Exception)(: |$)|\*\*\* No rule to make target |: cannot find -l|^\S+\.go:\d+:\d+: |^Can't locate \S+ in @INC|^thread '.*' panicked at |: syntax error\b|^! \S|^npm (ERR!|error)/i;
const TEST_ERROR =
  /\btests? failed\b|^(FAIL|FAILED|ERROR)\b[: ]|^\s*--- FAIL: |^not ok \d|\*\*\*(Failed|Exception|Timeout)|^test \S+ \.\.\. FAILED$|^\s*\d+\/\d+ .* (FAIL|TIMEOUT)\b/;
const OTHER_ERROR = /Hunk #\d+ FAILED|Segmentation fault|command not found$|: cannot (stat|create|open) /;
const LAST_RESORT = /^g?make(\[\d+\])?: \*\*\* |: No such file or directory$|: Permission denied$/;

/** Lines worth showing as the reason, the telling ones first. */
export const ERROR_LINES: readonly RegExp[] = [TOOL_ERROR, TEST_ERROR, OTHER_ERROR, LAST_RESORT];

/** The same in a test phase, whose programs print errors that they are meant to. */
export const TEST_ERROR_LINES: readonly RegExp[] = [TEST_ERROR, TOOL_ERROR, OTHER_ERROR, LAST_RESORT];
