import { createHash } from 'node:crypto';
import { type BinpkgFacts, type BinpkgReading, identify, type Refusal } from './binpkg.ts';
import { createGpkgContainerReader, type GpkgContainer, type GpkgMember } from './gpkg-container.ts';
import { type Manifest, type ManifestEntry, parseManifest } from './gpkg-manifest.ts';
import { type DecompressMetadata, readGpkgMetadata } from './gpkg-metadata.ts';
import { TAR_BLOCK_BYTES } from './tar-header.ts';
import { TAR_RECORD_BYTES } from './tar-parser.ts';

export type GpkgOptions = {
  /** For metadata packed with bzip2, xz, lz4, lzip or lzop; such a package is refused without it. */
  readonly decompress?: DecompressMetadata;
  /**
   * `record`, the default: padded to a whole record as Portage does it, which fixes the length to the byte.
   * `any`: other tar programs write shorter ends; only for a file whose length is known to be right.
   */
  readonly padding?: 'record' | 'any';
};

/**
 * Reads a gpkg (GLEP 78) once, from its first byte to its last, and answers what it is, or why it
 * must not be published. Every byte of an accepted file is accounted for: members by the BLAKE2B
 * and SHA-512 of the Manifest, tar headers by their sums, padding and length by having one legal
 * value. What this cannot notice: changes made by somebody who also makes the Manifest fit,
 * and damage to the armour of an inline signature, which only gpg can judge. Memory does not grow with the image.
 *
 * After a refusal the rest of `stream` is not read, and a Node stream is destroyed. Errors of
 * `stream` itself are thrown as they are.
 */
export async function readGpkg(stream: AsyncIterable<Uint8Array>, options: GpkgOptions = {}): Promise<BinpkgReading> {
  const container = createGpkgContainerReader(options.padding === 'any' ? TAR_BLOCK_BYTES : TAR_RECORD_BYTES);
  const hashes = { md5: createHash('md5'), sha1: createHash('sha1'), sha256: createHash('sha256') };
  let sizeBytes = 0;
  for await (const chunk of stream) {
    sizeBytes += chunk.length;
    for (const hash of Object.values(hashes)) hash.update(chunk);
    const problem = container.push(chunk);
    if (problem !== undefined) return { refused: problem };
  }
  const contents = await judge(container.finish(), options);
  if ('refused' in contents) return contents;
  const [md5, sha1, sha256] = [hashes.md5.digest('hex'), hashes.sha1.digest('hex'), hashes.sha256.digest('hex')];
  return { ok: { format: 'gpkg', ...contents, sizeBytes, md5, sha1, sha256 } };
}

type Contents = Pick<BinpkgFacts, 'baseName' | 'metadata' | 'cpv' | 'buildId' | 'signed'>;

async function judge(
  container: GpkgContainer | { readonly problem: string },
  { decompress }: GpkgOptions,
): Promise<Contents | Refusal> {
  if ('problem' in container) return { refused: container.problem };
  const manifest = parseManifest(contentOf(container, 'manifest'));
  if ('problem' in manifest) return { refused: manifest.problem };
  const difference = manifestDifference(container, manifest);
  if (difference !== undefined) return { refused: difference };
  // Only now: nothing that is damaged gets as far as the decompressor.
  const name = container.members.find((member) => member.role === 'metadata')?.name ?? '';
  const read = await readGpkgMetadata(name, contentOf(container, 'metadata'), decompress);
  return 'problem' in read ? { refused: read.problem } : describe(container, manifest, read.metadata);
}

function contentOf({ members }: GpkgContainer, role: 'manifest' | 'metadata'): Uint8Array {
  return members.find((member) => member.role === role)?.content ?? new Uint8Array(0);
}

/** Members and lines must match one to one: nothing unlisted, nothing missing. */
function manifestDifference({ members }: GpkgContainer, { entries }: Manifest): string | undefined {
  const listed = members.filter((member) => member.role !== 'manifest');
  const absent = entries.find((entry) => !listed.some((member) => member.name === entry.name));
  if (absent !== undefined) return `the Manifest lists ${absent.name}, which is not in the package`;
  for (const member of listed) {
    const difference = memberDifference(
      member,
      entries.find((entry) => entry.name === member.name),
    );
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function memberDifference(member: GpkgMember, entry: ManifestEntry | undefined): string | undefined {
  if (entry === undefined) return `${member.name} is not listed in the Manifest`;
  if (entry.sizeBytes !== member.sizeBytes)
    return `${member.name} has ${member.sizeBytes} bytes, the Manifest says ${entry.sizeBytes}`;
  if (entry.blake2b !== member.blake2b) return `${member.name} does not have the BLAKE2B hash of the Manifest`;
  return entry.sha512 === member.sha512 ? undefined : `${member.name} does not have the SHA512 hash of the Manifest`;
}

function describe(container: GpkgContainer, manifest: Manifest, metadata: Contents['metadata']): Contents | Refusal {
  const identity = identify(metadata);
  if ('refused' in identity) return identity;
  if (container.directory !== identity.baseName)
    return { refused: `its directory is ${container.directory}, but its metadata says ${identity.baseName}` };
  const signed = manifest.isSigned || container.members.some((member) => member.name.endsWith('.sig'));
  return { ...identity, metadata, signed };
}
