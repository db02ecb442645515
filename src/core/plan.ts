/** How one package needs another, named after the ebuild variables. */
export const DEPENDENCY_TYPES = ['build', 'build-host', 'run', 'install', 'post'] as const;
export type DependencyType = (typeof DEPENDENCY_TYPES)[number];

/** An ebuild version of the resolved graph. Nodes are named by `cpv`. */
export type PlanNode = {
  readonly cpv: string;
  readonly slot: string;
  readonly subslot: string;
  readonly repo: string;
  /** What Portage would take: an ebuild, a binary package, or what is installed already. */
  readonly type: 'ebuild' | 'binary' | 'installed';
  readonly operation: 'merge' | 'nomerge';
  /** Enabled flags, of those in `iuse`. */
  readonly use: readonly string[];
  readonly iuse: readonly string[];
  /** Bytes of source to fetch; absent when unknown. */
  readonly size_bytes?: number | undefined;
  /** Seconds that it takes on a usual drone, where somebody knows; what the swarm measured itself counts for more. */
  readonly expected_s?: number | undefined;
};

export type PlanEdge = {
  readonly from: string;
  readonly to: string;
  readonly types: readonly DependencyType[];
  /** As the ebuilds write them: `dev-libs/swarmjson:=[unicode]`. */
  readonly atoms: readonly string[];
};

/** A session's dependency graph, resolved once by Portage. `from` depends on `to`. */
export type Plan = {
  readonly nodes: readonly PlanNode[];
  readonly edges: readonly PlanEdge[];
  /** Architecture that it was resolved for, as Portage names it. */
  readonly arch?: string | undefined;
  /** One valid order, Portage's own; only packages that are to be merged. */
  readonly merge_order: readonly string[];
};

const BUILD_TYPES: ReadonlySet<DependencyType> = new Set(['build', 'build-host']);
const RUN_TYPES: ReadonlySet<DependencyType> = new Set(['run', 'install', 'post']);

/** Whether the edge must be there while `from` compiles (DEPEND, BDEPEND). */
export function isBuildEdge(edge: PlanEdge): boolean {
  return edge.types.some((type) => BUILD_TYPES.has(type));
}

/** Whether the edge comes along when `from` is installed (RDEPEND, IDEPEND, PDEPEND). */
export function isRunEdge(edge: PlanEdge): boolean {
  return edge.types.some((type) => RUN_TYPES.has(type));
}
