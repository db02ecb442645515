/** A package file that an agent has copied to a directory that both can see. */
export type DeliveredFile = { readonly path: string; readonly format: 'gpkg' | 'xpak' };

/** What is looked for, taken apart: none of it is a path, a pattern or unchecked text. */
export type WantedPackage = {
  readonly category: string;
  readonly name: string;
  /** Version with revision when exactly one will do. */
  readonly fullVersion: string | null;
  readonly fits: (fullVersion: string) => boolean;
};

/** Where agents that know no uploads put their packages. */
export type StagedPackages = {
  /** Files that go by the name of the wanted package, the newest first. Nothing is opened or changed. */
  find(wanted: WantedPackage): Promise<readonly DeliveredFile[]>;
};
