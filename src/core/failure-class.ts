/**
 * Why a build ended without a package. The class decides who is to blame and whether another try
 * can help; `docs/reference/failures.md` explains each to operators.
 */
export const FAILURE_CLASSES = {
  // The package and its inputs: another drone would most likely see the same.
  pretend: { blame: 'package', says: 'the package refused to be built here (pkg_pretend or pkg_setup)' },
  fetch: { blame: 'package', says: 'its sources could not be fetched: the servers answer, and do not have them' },
  checksum: { blame: 'package', says: 'its sources, or its ebuild, are not what its Manifest says' },
  unpack: { blame: 'package', says: 'its sources could not be unpacked' },
  patch: { blame: 'package', says: 'a patch did not apply (src_prepare)' },
  configure: { blame: 'package', says: 'src_configure failed' },
  compile: { blame: 'package', says: 'src_compile failed' },
  // Bad memory crashes compilers too; then another drone builds it, and the statistics of blame find the drone.
  compiler_crash: { blame: 'package', says: 'the compiler itself crashed' },
  test: { blame: 'package', says: 'its tests failed' },
  install: { blame: 'package', says: 'src_install failed' },
  sandbox: { blame: 'package', says: 'it wrote where a build must not write (sandbox violation)' },
  qa: { blame: 'package', says: 'a QA check refused the result' },
  collision: { blame: 'package', says: 'its files collide with those of another package' },
  package: { blame: 'package', says: 'the binary package could not be made' },
  // Portage's resolver says no: nothing was built and no other drone would say otherwise.
  missing: { blame: 'resolver', says: 'there is no ebuild for it or for something it needs' },
  masked: { blame: 'resolver', says: 'it, or something it needs, is masked' },
  required_use: { blame: 'resolver', says: 'its USE flags contradict its REQUIRED_USE' },
  use_change: { blame: 'resolver', says: 'something it needs must have other USE flags' },
  slot_conflict: { blame: 'resolver', says: 'two versions are wanted in one slot' },
  blocker: { blame: 'resolver', says: 'it cannot be installed beside another package' },
  circular: { blame: 'resolver', says: 'its build dependencies form a circle' },
  // The drone, the wire or the swarm: never counted against the package.
  dependency: { blame: 'infrastructure', says: 'its dependencies could not be installed on the drone' },
  network: { blame: 'infrastructure', says: 'no server with its sources could be reached from the drone' },
  machine: { blame: 'infrastructure', says: 'the hardware, a file system or a limit of the drone got in the way' },
  oom: { blame: 'infrastructure', says: 'memory ran out' },
  disk_full: { blame: 'infrastructure', says: 'the disk is full' },
  timeout: { blame: 'infrastructure', says: 'it took longer than allowed' },
  silent: {
    blame: 'infrastructure',
    says: 'it made no progress for too long: nothing new printed, no processor used, nothing written',
  },
  killed: { blame: 'infrastructure', says: 'the build was killed from outside' },
  upload: { blame: 'infrastructure', says: 'the package could not be delivered' },
  corrupt: { blame: 'infrastructure', says: 'the delivered package is damaged or not the planned one' },
  missing_binary: { blame: 'infrastructure', says: 'success was reported, but no package was delivered' },
  lost: { blame: 'infrastructure', says: 'the drone was not heard of again' },
  excluded: { blame: 'resolver', says: 'the swarm is configured never to build it' },
  unknown: { blame: 'package', says: 'the reason could not be told from the log' },
} as const satisfies Record<string, { blame: 'package' | 'resolver' | 'infrastructure'; says: string }>;

export type FailureClass = keyof typeof FAILURE_CLASSES;
export type Blame = (typeof FAILURE_CLASSES)[FailureClass]['blame'];

export const FAILURE_CLASS_NAMES = Object.keys(FAILURE_CLASSES) as [FailureClass, ...FailureClass[]];

/** The classes that say nothing about the package. */
export const INFRASTRUCTURE_CLASSES = FAILURE_CLASS_NAMES.filter((name) => blameOf(name) === 'infrastructure');

/** Whether `word` (from an agent of any age) is one of our classes. */
export function isFailureClass(word: string): word is FailureClass {
  return Object.hasOwn(FAILURE_CLASSES, word);
}

/** Who is counted against when a build fails this way. */
export function blameOf(failureClass: FailureClass): Blame {
  return FAILURE_CLASSES[failureClass].blame;
}
