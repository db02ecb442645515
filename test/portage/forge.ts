import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

export type ForgedMember = Pick<Header, 'name'> & Partial<Header> & { readonly content?: Uint8Array | string };

/** A tar archive of these members, padded to whole records as Portage's are. */
export async function forgeTar(members: readonly ForgedMember[], recordBytes = 10_240): Promise<Buffer> {
  const archive = pack();
  for (const { content = '', ...header } of members) archive.entry(header, Buffer.from(content));
  archive.finalize();
  const bytes = await buffer(archive);
  return Buffer.concat([bytes, Buffer.alloc((recordBytes - (bytes.length % recordBytes)) % recordBytes)]);
}

/** The archive of these files of build-info; Portage ends each with a line end. */
export function forgeMetadata(keys: Readonly<Record<string, string>>): Promise<Buffer> {
  return forgeTar(Object.entries(keys).map(([key, value]) => ({ name: `metadata/${key}`, content: `${value}\n` })));
}

export const FORGED_KEYS = {
  ...{ CATEGORY: 'app-misc', PF: 'forged-1.0', SLOT: '0', EAPI: '8', BUILD_ID: '1', repository: 'swarmtest' },
  ...{ USE: 'amd64 fast', IUSE: '+fast small', CHOST: 'x86_64-pc-linux-gnu' },
} as const;

export type Forgery = {
  readonly directory?: string;
  readonly keys?: Readonly<Record<string, string>>;
  readonly metadataName?: string;
  /** The packed metadata, instead of what `keys` gives. */
  readonly metadata?: Uint8Array;
  readonly image?: Uint8Array | string;
  /** The last word on the members, after the Manifest was made. */
  readonly change?: (members: ForgedMember[]) => readonly ForgedMember[];
  /** The last word on the Manifest. */
  readonly changeManifest?: (text: string) => string;
};

/** A gpkg with a right Manifest, unless `forgery` breaks it. Without arguments it is a good one. */
export async function forgeGpkg(forgery: Forgery = {}): Promise<Buffer> {
  const { directory = 'forged-1.0-1', keys = FORGED_KEYS, metadataName = 'metadata.tar.gz' } = forgery;
  const metadata = forgery.metadata ?? gzipSync(await forgeMetadata(keys));
  const members = [
    { name: 'gpkg-1', content: '' },
    { name: metadataName, content: metadata },
    { name: 'image.tar.zst', content: forgery.image ?? 'stands for the files' },
  ];
  const manifest = (forgery.changeManifest ?? ((text) => text))(manifestOf(members));
  const all = [...members, { name: 'Manifest', content: manifest }].map((member) => inside(directory, member));
  return forgeTar(forgery.change?.(all) ?? all);
}

function inside(directory: string, { name, content }: ForgedMember): ForgedMember {
  return { name: `${directory}/${name}`, content: content ?? '' };
}

/** The Manifest lines of these members, as GLEP 78 wants them. */
export function manifestOf(members: readonly ForgedMember[]): string {
  return members
    .map(({ name, content = '' }) => {
      const bytes = Buffer.from(content);
      const [blake2b, sha512] = ['blake2b512', 'sha512'].map((hash) => createHash(hash).update(bytes).digest('hex'));
      return `DATA ${name} ${bytes.length} BLAKE2B ${blake2b} SHA512 ${sha512}\n`;
    })
    .join('');
}
