/** Variables for single packages, by atom, as `package.env` gives them. */
export type PackageEnvironment = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * FEATURES of a prefix. What is switched off needs the program `sandbox`, a `portage` user or kernel
 * name spaces, or costs time and is of no use in a root that is thrown away.
 */
const FEATURES = [
  'buildpkg',
  'observability',
  'parallel-install',
  // Releases that do not know `observability` yet are not to say so on every run.
  '-unknown-features-warn',
  // By default a finished package is merged only once no build runs, and its dependents wait.
  '-merge-wait',
  '-merge-sync',
  '-news',
  '-sandbox',
  '-usersandbox',
  '-userpriv',
  '-userfetch',
  '-usersync',
  '-network-sandbox',
  '-pid-sandbox',
  '-ipc-sandbox',
  '-mount-sandbox',
  // The host's libraries belong to no package here.
  '-qa-unresolved-soname-deps',
];

/** The make.conf of a prefix at `dir`; `settings` come last and win. */
export function makeConf({
  dir,
  jobs = 1,
  settings = {},
}: {
  readonly dir: string;
  readonly jobs?: number;
  readonly settings?: Readonly<Record<string, string>>;
}): string {
  return shellLines({
    DISTDIR: `${dir}/var/cache/distfiles`,
    PKGDIR: `${dir}/var/cache/binpkgs`,
    PORTAGE_TMPDIR: `${dir}/var/tmp`,
    PORTAGE_LOGDIR: `${dir}/var/log/portage`,
    MAKEOPTS: `-j${jobs}`,
    ACCEPT_LICENSE: '* -@EULA',
    BINPKG_FORMAT: 'gpkg',
    FEATURES: FEATURES.join(' '),
    // Nobody sits there who could press Ctrl-C in time.
    CLEAN_DELAY: '0',
    EMERGE_WARNING_DELAY: '0',
    ...rootIdentity(),
    ...settings,
  });
}

/** A repos.conf with one repository, which is the main one and is never synchronised. */
export function reposConf(name: string, location: string): string {
  return `[DEFAULT]\nmain-repo = ${name}\n\n[${name}]\nlocation = ${location}\nauto-sync = no\n`;
}

/** A binrepos.conf with one unsigned binhost; without the last line Portage asks for signatures. */
export function binreposConf(url: string): string {
  return `[swarm]\npriority = 10\nsync-uri = ${url}\nverify-signature = no\n`;
}

/** `package.env` and the files it names, by path below etc/portage. */
export function packageEnvFiles(packageEnv: PackageEnvironment): Record<string, string> {
  const entries = Object.entries(packageEnv);
  const files = entries.map(([, variables], index) => [`env/swarm-${index}.conf`, shellLines(variables)] as const);
  const lines = entries.map(([atom], index) => `${atom} swarm-${index}.conf\n`);
  return { 'package.env': lines.join(''), ...Object.fromEntries(files) };
}

/** The helpers read the environment, Portage itself reads this too. */
function rootIdentity(): Record<string, string> {
  return process.getuid?.() === 0 ? { PORTAGE_USERNAME: 'root', PORTAGE_GRPNAME: 'root' } : {};
}

function shellLines(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}="${value.replaceAll(/["\\$`]/g, '\\$&')}"\n`)
    .join('');
}
