/**
 * The index of a binhost, `Packages`: blocks of `KEY: value` lines, an empty line after each. The
 * first block is the header, each other one package file. Format and order as Portage's
 * portage/getbinpkg.py (PackageIndex) reads and writes them.
 */
export type PackagesIndex = { readonly header: Block; readonly packages: readonly Block[] };

/** One block by the key names of the file (`DESC`, `MTIME`, `REPO`), values without line ends. */
export type Block = { readonly [key: string]: string };

/** Portage sorts these by their names in memory, which puts MTIME and REPO behind all upper-case keys. */
const INTERNAL_NAMES: Readonly<Record<string, string>> = { DESC: 'DESCRIPTION', MTIME: '_mtime_', REPO: 'repository' };

/**
 * What an index says. Lenient as Portage is: lines without a colon and blocks without CPV are
 * skipped, of a repeated key the last counts. Keys a block inherits from the header (CHOST, REPO)
 * are not filled in.
 */
export function parsePackagesIndex(text: string): PackagesIndex {
  const [header, ...packages] = text.split(/\n\n+/).map(parseBlock);
  return { header: header ?? {}, packages: packages.filter((block) => (block['CPV'] ?? '') !== '') };
}

/**
 * The index as Portage writes it: packages by CPV as plain text (instances of one CPV in the order
 * given), keys in Portage's order, nothing empty. PACKAGES is counted here; TIMESTAMP and VERSION,
 * without which clients refuse the index, are the caller's.
 */
export function renderPackagesIndex(header: Block, blocks: readonly Block[]): string {
  const sorted = blocks.toSorted(compareBlocks);
  return renderHeader(header, blocks.length) + sorted.map((block) => renderBlock(block)).join('');
}

/** The header block of an index of `packageCount` packages, its empty line included. */
export function renderHeader(header: Block, packageCount: number): string {
  return renderBlock({ ...header, PACKAGES: String(packageCount) });
}

/**
 * One block with its empty line, ready to be put between others: an index is `renderHeader`
 * followed by the rendered blocks in the order of `compareBlocks`.
 */
export function renderBlock(block: Block): string {
  const lines = Object.keys(block)
    .toSorted((a, b) => compareText(INTERNAL_NAMES[a] ?? a, INTERNAL_NAMES[b] ?? b))
    .map((key) => [key, oneLine(block[key] ?? '')] as const)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${value}\n`);
  return `${lines.join('')}\n`;
}

/** The order of packages in an index. Zero for two instances of one CPV. */
export function compareBlocks(a: Block, b: Block): number {
  return compareText(a['CPV'] ?? '', b['CPV'] ?? '');
}

function parseBlock(text: string): Block {
  const entries = text.split('\n').flatMap((line) => {
    const colon = line.indexOf(':');
    // The character after the colon is skipped whatever it is, as Portage does.
    return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2)] as const];
  });
  return Object.fromEntries(entries);
}

/** A line end in a value would begin a key, an empty line even a package. */
function oneLine(value: string): string {
  return value.replace(/[\r\n]+/g, ' ');
}

/** By UTF-16 units, which is by byte for the ASCII that keys and names are made of. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
