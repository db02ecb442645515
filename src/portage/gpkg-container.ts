import { createHash, type Hash } from 'node:crypto';
import { MAX_METADATA_BYTES } from './binpkg.ts';
import { createTarParser, type TarEvent } from './tar-parser.ts';

/** One file in a gpkg as it was met. */
export type GpkgMember = {
  /** Without the directory. */
  readonly name: string;
  readonly role: GpkgRole;
  readonly sizeBytes: number;
  readonly blake2b: string;
  readonly sha512: string;
  /** Kept for `metadata` and `manifest` only: an image may be larger than memory. */
  readonly content: Uint8Array | null;
};

// In the order in which GLEP 78 wants them.
const GPKG_ROLES = ['version', 'metadata', 'metadataSignature', 'image', 'imageSignature', 'manifest'] as const;
/** What a member of a gpkg is for. */
export type GpkgRole = (typeof GPKG_ROLES)[number];

export type GpkgContainer = { readonly directory: string; readonly members: readonly GpkgMember[] };

export type GpkgContainerReader = {
  /** The next bytes; a sentence as soon as it is clear that this is no gpkg. */
  readonly push: (chunk: Uint8Array) => string | undefined;
  readonly finish: () => GpkgContainer | { readonly problem: string };
};

const COMPRESSIONS = '(?:\\.(?:gz|bz2|lz4|lz|lzo|xz|zst))?';
const NAMES: Readonly<Record<GpkgRole, RegExp>> = {
  version: /^gpkg-1$/,
  metadata: new RegExp(`^metadata\\.tar${COMPRESSIONS}$`),
  metadataSignature: new RegExp(`^metadata\\.tar${COMPRESSIONS}\\.sig$`),
  image: new RegExp(`^image\\.tar${COMPRESSIONS}$`),
  imageSignature: new RegExp(`^image\\.tar${COMPRESSIONS}\\.sig$`),
  manifest: /^Manifest$/,
};
const REQUIRED = ['version', 'metadata', 'image', 'manifest'] as const satisfies readonly GpkgRole[];

const MAX_MANIFEST_BYTES = 64 * 1024;
const KEPT_BYTES: Partial<Record<GpkgRole, number>> = { metadata: MAX_METADATA_BYTES, manifest: MAX_MANIFEST_BYTES };

type OpenMember = Pick<GpkgMember, 'name' | 'role' | 'sizeBytes'> & {
  readonly hashes: { readonly blake2b: Hash; readonly sha512: Hash };
  readonly kept: Uint8Array[] | null;
};

type State = { directory: string | null; readonly members: GpkgMember[]; open: OpenMember | null };

/**
 * Takes the outer archive of a gpkg apart (GLEP 78), in one pass and without holding an image:
 * regular files only, all in one directory, each known by name, none twice, in their order. What
 * the Manifest says of them is for the caller to compare. Portage writes with Python's tarfile, which fills
 * the last record of `TAR_RECORD_BYTES` and no more.
 */
export function createGpkgContainerReader(recordBytes: number): GpkgContainerReader {
  const parser = createTarParser({ recordBytes });
  const state: State = { directory: null, members: [], open: null };
  return {
    push: (chunk) => applyAll(state, parser.push(chunk)),
    finish: () => {
      const problem = applyAll(state, parser.finish()) ?? missingMember(state.members);
      return problem === undefined ? { directory: state.directory ?? '', members: state.members } : { problem };
    },
  };
}

function applyAll(state: State, events: readonly TarEvent[]): string | undefined {
  for (const event of events) {
    const problem = apply(state, event);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function apply(state: State, event: TarEvent): string | undefined {
  switch (event.kind) {
    case 'member':
      return openMember(state, event);
    case 'bytes':
      return addBytes(state, event.bytes);
    case 'memberEnd':
      return closeMember(state);
    case 'problem':
      return event.problem;
  }
}

function openMember(state: State, { name, sizeBytes, type }: TarEvent & { kind: 'member' }): string | undefined {
  const shown = JSON.stringify(name);
  if (type !== 'file') return `${shown} is not a regular file`;
  const [, directory, base] = /^([A-Za-z0-9_][A-Za-z0-9+_.-]*)\/([^/]+)$/.exec(name) ?? [];
  if (directory === undefined || base === undefined) return `${shown} is not a file in one directory`;
  state.directory ??= directory;
  if (directory !== state.directory) return `${shown} is not in the directory ${state.directory}`;
  const role = GPKG_ROLES.find((candidate) => NAMES[candidate].test(base));
  if (role === undefined) return `${shown} does not belong into a gpkg`;
  const problem = orderProblem(state.members, role, base) ?? sizeProblem(role, base, sizeBytes);
  if (problem !== undefined) return problem;
  const hashes = { blake2b: createHash('blake2b512'), sha512: createHash('sha512') };
  state.open = { name: base, role, sizeBytes, hashes, kept: role in KEPT_BYTES ? [] : null };
  return undefined;
}

/** Roles only ever rise, so that no member can come twice or hide behind another. */
function orderProblem(members: readonly GpkgMember[], role: GpkgRole, name: string): string | undefined {
  const last = members.at(-1);
  if (last === undefined) return role === 'version' ? undefined : `the first member is ${name}, not gpkg-1`;
  if (GPKG_ROLES.indexOf(role) <= GPKG_ROLES.indexOf(last.role)) {
    return members.some((member) => member.role === role)
      ? `${name} is there twice`
      : `${name} comes after ${last.name}, which must be the other way round`;
  }
  const isOrphan = name.endsWith('.sig') && `${last.name}.sig` !== name;
  return isOrphan ? `${name} signs nothing in the package` : undefined;
}

function sizeProblem(role: GpkgRole, name: string, sizeBytes: number): string | undefined {
  const limit = KEPT_BYTES[role];
  return limit !== undefined && sizeBytes > limit ? `${name} has ${sizeBytes} bytes, more than ${limit}` : undefined;
}

function addBytes({ open }: State, bytes: Uint8Array): undefined {
  open?.hashes.blake2b.update(bytes);
  open?.hashes.sha512.update(bytes);
  // A copy: the bytes belong to the caller's buffer.
  open?.kept?.push(Uint8Array.from(bytes));
}

function closeMember(state: State): undefined {
  if (state.open === null) return;
  const { name, role, sizeBytes, hashes, kept } = state.open;
  const [blake2b, sha512] = [hashes.blake2b.digest('hex'), hashes.sha512.digest('hex')];
  state.members.push({ name, role, sizeBytes, blake2b, sha512, content: kept === null ? null : Buffer.concat(kept) });
  state.open = null;
}

function missingMember(members: readonly GpkgMember[]): string | undefined {
  const missing = REQUIRED.find((role) => !members.some((member) => member.role === role));
  return missing === undefined ? undefined : `the package has no ${missing === 'manifest' ? 'Manifest' : missing}`;
}
