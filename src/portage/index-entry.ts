import type { Block } from './packages-index.ts';

/** What the index says about a package file that the package itself does not. */
export type IndexedFile = {
  /** Below the directory of the index, with `/`. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly md5: string;
  readonly sha1: string;
  /** Unix time, whole seconds. */
  readonly mtimeS: number;
};

/**
 * The keys of build-info that Portage copies into the index (`bindbapi._aux_cache_keys` of
 * portage/dbapi/bintree.py), without those that describe the file. The SIZE inside a package is its
 * installed size and must not get here. REPO_REVISIONS is left out as well: Portage writes it once
 * and drops it when it next reads its own index.
 */
const INDEX_KEYS = [
  ...['BDEPEND', 'BUILD_ID', 'BUILD_TIME', 'CHOST', 'DEFINED_PHASES', 'DEPEND', 'EAPI', 'IDEPEND', 'IUSE', 'KEYWORDS'],
  ...['LICENSE', 'PDEPEND', 'PROPERTIES', 'PROVIDES', 'RDEPEND', 'REQUIRES', 'RESTRICT', 'SLOT', 'USE', 'USER_PATCHES'],
] as const;

/** What a reader assumes for a missing key, so that Portage does not write it. */
const DEFAULTS: Block = { EAPI: '0', SLOT: '0' };

/**
 * The block Portage would write for a package file, from the keys inside the package (`CATEGORY`,
 * `PF`, `SLOT`, …: see `BinpkgFacts.metadata`). `header` is that of the index: what the block would
 * inherit from it unchanged (CHOST, REPO) is left out. Dependencies are taken as they are, since
 * Portage evaluated their USE conditions when it built the package.
 */
export function indexBlockOf(metadata: Block, file: IndexedFile, header: Block = {}): Block {
  const entries = [
    ...INDEX_KEYS.map((key) => [key, collapsed(metadata[key])] as const),
    ['REPO', collapsed(metadata['repository'])] as const,
  ];
  const own = entries.filter(
    ([key, value]) => value !== '' && value !== DEFAULTS[key] && !isInherited(key, value, header),
  );
  return {
    ...Object.fromEntries(own),
    CPV: `${collapsed(metadata['CATEGORY'])}/${collapsed(metadata['PF'])}`,
    PATH: file.path,
    SIZE: String(file.sizeBytes),
    ...{ MD5: file.md5, SHA1: file.sha1, MTIME: String(file.mtimeS) },
  };
}

function isInherited(key: string, value: string, header: Block): boolean {
  return (key === 'CHOST' || key === 'REPO') && header[key] === value;
}

function collapsed(value: string | undefined): string {
  return (value ?? '').split(/\s+/).filter(Boolean).join(' ');
}
