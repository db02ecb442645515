import { freeBinpkgPath } from '../portage/binpkg.ts';
import type { Deps } from './deps.ts';
import type { Artifact } from './ports.ts';

/**
 * The package at a place that no other content has. Agents that do not look at the binhost begin their build
 * ids at 1: two drones make two files of one name, of which neither may be refused for ever, and neither may
 * take the place of the other, since sessions with other USE flags or clients with an older index want that.
 * The same content keeps the place that it has.
 */
export async function withFreePath({ store }: Pick<Deps, 'store'>, artifact: Artifact): Promise<Artifact> {
  const instances = await store.findBinpkgs([artifact.cpv]);
  const same = instances.find((each) => each.sha256 === artifact.sha256);
  const taken = new Set(instances.map((each) => each.path));
  const path = same?.path ?? freeBinpkgPath(artifact, taken);
  return path === artifact.path ? artifact : { ...artifact, path, block: { ...artifact.block, PATH: path } };
}
