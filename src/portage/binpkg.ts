import { parseCpv } from './cpv.ts';

/** What is known of a binary package file after it was read as a whole. */
export type BinpkgFacts = {
  readonly format: 'gpkg' | 'xpak';
  /** The name it goes by without extension: `PF-BUILDID`, or `PF` where there is no build id. */
  readonly baseName: string;
  /** The text keys of build-info (`CATEGORY`, `PF`, `USE`, `repository`, …), trimmed. Absent means empty. */
  readonly metadata: { readonly [key: string]: string };
  readonly cpv: string;
  readonly buildId: number | null;
  readonly sizeBytes: number;
  readonly md5: string;
  readonly sha1: string;
  readonly sha256: string;
  /** Whether it carries any signature. Nothing is said about whose, or whether it is good. */
  readonly signed: boolean;
};

export type Refusal = { readonly refused: string };
export type BinpkgReading = { readonly ok: BinpkgFacts } | Refusal;

type Identity = Pick<BinpkgFacts, 'baseName' | 'cpv' | 'buildId'>;

/** Largest build-info that is read, packed or not; Gentoo's largest (NEEDED of texlive) has about 1 MiB. */
export const MAX_METADATA_BYTES = 32 * 1024 * 1024;

/**
 * Where Portage keeps such a file below a PKGDIR with FEATURES=binpkg-multi-instance:
 * `CAT/PN/PF-BUILDID.gpkg.tar`; without build id `CAT/PF.gpkg.tar` or `CAT/PF.tbz2`.
 */
export function binpkgPath({ format, cpv, buildId, baseName }: Pick<BinpkgFacts, 'format' | keyof Identity>): string {
  const { category, name } = parseCpv(cpv) ?? { category: '', name: '' };
  const directory = buildId === null ? category : `${category}/${name}`;
  const single = buildId === null ? 'tbz2' : 'xpak';
  return `${directory}/${baseName}.${format === 'gpkg' ? 'gpkg.tar' : single}`;
}

/**
 * The path itself, or the next in Portage's layout that is not `taken`. The number in a name need not be the
 * BUILD_ID inside: Portage reads a file as an instance of `PF` whatever number follows it, and takes the
 * BUILD_ID from the metadata (`bintree._populate_local`). So only PATH changes in the index, which stays the
 * one that Portage would write of this directory, and the file stays as it was signed. Clients tell instances
 * of one BUILD_ID apart by SIZE, BUILD_TIME and MTIME. With another BUILD_ID in the index than in the file they
 * would install as well, but what is installed then names the one inside, and seems to be the other instance.
 */
export function freeBinpkgPath(
  { path, cpv, buildId }: { readonly path: string; readonly cpv: string; readonly buildId: number | null },
  taken: ReadonlySet<string>,
): string {
  if (!taken.has(path)) return path;
  const { cp = '', pf = '' } = parseCpv(cpv) ?? {};
  const ending = path.endsWith('.gpkg.tar') ? 'gpkg.tar' : 'xpak';
  for (let number = (buildId ?? 0) + 1; ; number += 1) {
    const next = `${cp}/${pf}-${number}.${ending}`;
    if (!taken.has(next)) return next;
  }
}

/** Who the package is by its own keys; Portage ignores a file without CATEGORY, PF or SLOT. */
export function identify(metadata: BinpkgFacts['metadata']): Identity | Refusal {
  const { CATEGORY = '', PF = '', SLOT = '', BUILD_ID = '' } = metadata;
  const missing = Object.entries({ CATEGORY, PF, SLOT }).filter(([, value]) => value === '');
  if (missing.length > 0) return { refused: `its metadata has no ${missing.map(([key]) => key).join(', ')}` };
  const cpv = parseCpv(`${CATEGORY}/${PF}`);
  if (cpv === undefined) return { refused: `${JSON.stringify(`${CATEGORY}/${PF}`)} is not a category/name-version` };
  if (!/^([1-9]\d{0,8})?$/.test(BUILD_ID)) return { refused: `BUILD_ID ${JSON.stringify(BUILD_ID)} is not a number` };
  const buildId = BUILD_ID === '' ? null : Number(BUILD_ID);
  return { cpv: cpv.cpv, buildId, baseName: buildId === null ? PF : `${PF}-${buildId}` };
}

/**
 * Whether a file of build-info is one of the keys. `PF.ebuild` and `environment.bz2` lie among them
 * and are not.
 */
export function isMetadataKey(name: string): boolean {
  return /^[A-Z][A-Z0-9_.]*$/.test(name) || name === 'repository';
}
