import type { FailureClass } from '../core/failure-class.ts';

/** One line of a log that tells why something failed. The first entry that matches anywhere wins. */
export type FailurePattern = { readonly failureClass: FailureClass; readonly pattern: RegExp };

/**
 * What emerge says before it has begun to do anything: the resolver's refusals
 * (_emerge/depgraph.py, _emerge/resolver). Special cases stand before the general ones whose words
 * they share.
 */
export const RESOLVER_PATTERNS: readonly FailurePattern[] = [
  // About binaries: not the package is at fault, but what the binhost has for this drone.
  { failureClass: 'dependency', pattern: /there are no binary packages to satisfy "/ },
  { failureClass: 'dependency', pattern: /--buildpkgonly requires all dependencies to be merged/ },
  { failureClass: 'dependency', pattern: /masked by: [^)]*use flag configuration mismatch/ },
  { failureClass: 'use_change', pattern: /there are no ebuilds built with USE flags to satisfy "/ },
  { failureClass: 'use_change', pattern: /The following USE changes are necessary to proceed/ },
  { failureClass: 'required_use', pattern: /has unmet requirements\.$/ },
  { failureClass: 'masked', pattern: /that could satisfy ".*" have been masked/ },
  { failureClass: 'masked', pattern: /The following (keyword|license|mask) changes are necessary to proceed/ },
  { failureClass: 'slot_conflict', pattern: /Multiple package instances within a single package slot/ },
  { failureClass: 'circular', pattern: /Error: circular dependencies:/ },
  { failureClass: 'blocker', pattern: /Error: The above package list contains packages which cannot be/ },
  { failureClass: 'missing', pattern: /there are no ebuilds to satisfy "/ },
  { failureClass: 'missing', pattern: /is not a valid package atom/ },
];

/** What ends a package without a `die` of its ebuild: Portage's own refusals outside the phases. */
export const PORTAGE_PATTERNS: readonly FailurePattern[] = [
  { failureClass: 'fetch', pattern: /has fetch restriction turned on/ },
  { failureClass: 'fetch', pattern: /Fetch Restriction: .*unsatisfied/ },
  { failureClass: 'fetch', pattern: /Couldn't download '|Fetch failed for '/ },
  { failureClass: 'fetch', pattern: /Digest verification failed:|Manifest verification failed/ },
  { failureClass: 'collision', pattern: /Detected file collision\(s\)|NOT merged due to file collisions/ },
];

/** What overrules the phase in which a `die` happened, when it stands in or near its message. */
export const DIE_PATTERNS: readonly FailurePattern[] = [
  {
    failureClass: 'qa',
    pattern: /due to (serious )?QA concerns|poor programming practices|multilib-strict check failed/,
  },
];

/** What the phase of a `die` means; phases that are not named here tell nothing. */
export const PHASE_CLASSES: Readonly<Record<string, FailureClass>> = {
  ...{ pretend: 'pretend', setup: 'pretend', nofetch: 'fetch', unpack: 'unpack', prepare: 'patch' },
  ...{ configure: 'configure', compile: 'compile', test: 'test', install: 'install', package: 'package' },
  // Only met where a package is also merged; like src_install they put files in their place.
  ...{ preinst: 'install', postinst: 'install', prerm: 'install', postrm: 'install' },
};

/** Memory or disk ran out. Only believed next to the failure: see `causeOf`. */
export const RESOURCE_PATTERNS: readonly FailurePattern[] = [
  { failureClass: 'disk_full', pattern: /No space left on device|Disk quota exceeded|\bENOSPC\b/ },
  { failureClass: 'oom', pattern: /Killed signal terminated program|internal compiler error: Killed/ },
  { failureClass: 'oom', pattern: /virtual memory exhausted|Cannot allocate memory|\bENOMEM\b/ },
  { failureClass: 'oom', pattern: /\bout of memory\b|\bmemory exhausted\b/i },
  { failureClass: 'oom', pattern: /std::bad_alloc|\bOutOfMemoryError\b|^MemoryError\b/ },
  { failureClass: 'oom', pattern: /terminated with signal 9\b|\bsignal: 9, SIGKILL/ },
  { failureClass: 'oom', pattern: /^g?make(\[\d+\])?: \*\*\* .* Killed$|^\S*sh: line \d+: +\d+ Killed\b/ },
];

/** Lines that talk about such things without being the failure. */
export const HARMLESS_LINES: readonly RegExp[] = [
  /^(checking|ok \d|PASS\b|#)/,
  /(^|\W)(ok|yes|no|pass|passed|success|successful|skipped|xfail)\W*$/i,
  /\b(warning|note): /,
  // Source text that a compiler quotes, and the command line that called it.
  /^\s*\d* \|/,
  /^(\S*\/)?(\S*-)?(gcc|g\+\+|cc|c\+\+|clang|clang\+\+|ld|libtool|rustc)(?=\s).* -[A-Za-z]/,
];

/** Where a build tool says that one of its commands failed: the reason stands right beside it. */
export const TOOL_FAILURES: readonly RegExp[] = [
  /^g?make(\[\d+\])?: \*\*\* /,
  /^FAILED: /,
  /^error: could not compile /,
];

/** Why a binary package was not taken: wget's answer, Portage's complaint. */
export const BINARY_ERROR = /\bERROR \d{3}: |Binary package is not usable|^!!! /;

/** Lines worth showing as the reason, the telling ones first. */
export const ERROR_LINES: readonly RegExp[] = [
  /(^|[\s:])(fatal )?error(\[\w+\])?: |undefined reference to |^CMake Error|^!!! |^(\w+\.)*\w+(Error|Exception): /i,
  /\btests? failed\b|^(FAIL|FAILED)\b|^not ok \d|Hunk #\d+ FAILED|Segmentation fault|command not found$/,
  /^g?make(\[\d+\])?: \*\*\* |: No such file or directory$|: Permission denied$/,
];
