/** What a Manifest says of one member (GLEP 74, 78). */
export type ManifestEntry = {
  readonly name: string;
  readonly sizeBytes: number;
  readonly blake2b: string;
  readonly sha512: string;
};

export type Manifest = { readonly entries: readonly ManifestEntry[]; readonly isSigned: boolean };

const HASH = '[0-9a-f]{128}';
const ENTRY = new RegExp(
  `^DATA ([A-Za-z0-9._-]+) (0|[1-9]\\d{0,15}) (?:(BLAKE2B|SHA512) (${HASH})) (BLAKE2B|SHA512) (${HASH})$`,
);

// RFC 9580, cleartext signature framework. No line of a Manifest begins with a hyphen, so that nothing is dash-escaped.
const SIGNED =
  /^-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash: [A-Z0-9-]+(?:,[A-Z0-9-]+)*\n)*\n(?<text>(?:DATA [^\n]*\n)+)-----BEGIN PGP SIGNATURE-----\n(?:[A-Za-z]+: [^\n]*\n)*\n[A-Za-z0-9+/=\n]+\n-----END PGP SIGNATURE-----\n$/;

/**
 * The lines of a gpkg's Manifest, plain or wrapped in an inline signature, which is not verified.
 * As strict as what Portage writes, so that a damaged byte is noticed: only DATA lines, each with
 * size, BLAKE2B and SHA512, single blanks, lower-case digits, no name twice.
 */
export function parseManifest(bytes: Uint8Array): Manifest | { readonly problem: string } {
  const text = Buffer.from(bytes).toString('latin1');
  const isSigned = text.startsWith('-');
  const body = isSigned ? SIGNED.exec(text)?.groups?.['text'] : text;
  if (body === undefined) return { problem: 'the signature around the Manifest is not whole' };
  if (!body.endsWith('\n')) return { problem: 'the Manifest does not end with a line end' };
  const lines = body.slice(0, -1).split('\n');
  const entries = lines.map(parseEntry);
  const bad = entries.indexOf(undefined);
  if (bad >= 0) return { problem: `line ${bad + 1} of the Manifest is not a DATA line with BLAKE2B and SHA512` };
  const known = entries.filter((entry) => entry !== undefined);
  const twice = known.find((entry, index) => known.findIndex(({ name }) => name === entry.name) < index);
  return twice === undefined ? { entries: known, isSigned } : { problem: `the Manifest names ${twice.name} twice` };
}

function parseEntry(line: string): ManifestEntry | undefined {
  const [, name = '', size = '', firstKind, first = '', secondKind, second = ''] = ENTRY.exec(line) ?? [];
  if (firstKind === secondKind) return undefined;
  const [blake2b, sha512] = firstKind === 'BLAKE2B' ? [first, second] : [second, first];
  return { name, sizeBytes: Number(size), blake2b, sha512 };
}
