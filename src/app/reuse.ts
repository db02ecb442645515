import type { Plan, PlanNode } from '../core/plan.ts';
import { parseAtom } from '../portage/atom.ts';
import { compareWithPlan } from '../portage/binpkg-check.ts';
import { parseCpv } from '../portage/cpv.ts';
import type { Block } from '../portage/packages-index.ts';
import type { Deps } from './deps.ts';
import type { Artifact } from './ports.ts';

/**
 * Which planned packages the binhost has already, built just so: same version, USE, slot and
 * repository, and bound (`:=`) to the subslots that the plan has.
 */
export async function findReusable(
  { store }: Pick<Deps, 'store'>,
  plan: Plan,
  nodes: readonly PlanNode[],
): Promise<Set<string>> {
  const binpkgs = await store.findBinpkgs(nodes.map((node) => node.cpv));
  const fits = fitsIn(plan);
  return new Set(binpkgs.filter((each) => each.isPublished && fits(each)).map((each) => each.cpv));
}

/** Whether a binary package is the one that this plan would have built. */
export function fitsIn(plan: Plan): (made: Pick<Artifact, 'cpv' | 'block'>) => boolean {
  const byCpv = new Map(plan.nodes.map((node) => [node.cpv, node]));
  const bindings = slotBindings(plan);
  return ({ cpv, block }) => {
    const node = byCpv.get(cpv);
    if (!node || compareWithPlan(metadataOf(block), expectationOf(node)).length > 0) return false;
    return isBoundTo(block, bindings.get(cpv) ?? []);
  };
}

/** What a binary package must be to stand for a planned one. */
export function expectationOf(node: PlanNode) {
  const slot = node.subslot === '' || node.subslot === node.slot ? node.slot : `${node.slot}/${node.subslot}`;
  return { cpv: node.cpv, use: [...node.use], iuse: [...node.iuse], slot, repo: node.repo };
}

/** The index names two keys otherwise than the package does. */
function metadataOf(block: Block): Record<string, string> {
  const [category = '', pf = ''] = (block['CPV'] ?? '').split('/');
  return { SLOT: '0', ...block, CATEGORY: category, PF: pf, repository: block['REPO'] ?? '' };
}

/** cpv → the `cp:slot/subslot=` that its slot-operator dependencies must have been bound to. */
function slotBindings(plan: Plan): Map<string, string[]> {
  const nodes = new Map(plan.nodes.map((node) => [node.cpv, node]));
  const bindings = new Map<string, string[]>();
  for (const edge of plan.edges) {
    const to = nodes.get(edge.to);
    const cp = parseCpv(edge.to)?.cp;
    if (!to || cp === undefined || !edge.atoms.some((atom) => parseAtom(atom)?.slotOperator === '=')) continue;
    const slot = `${to.slot}/${to.subslot === '' ? to.slot : to.subslot}`;
    bindings.set(edge.from, [...(bindings.get(edge.from) ?? []), `${cp}:${slot}=`]);
  }
  return bindings;
}

/** Portage writes `cat/name:0/1=` for slot and subslot, bound when the package was built. */
function isBoundTo(block: Block, bindings: readonly string[]): boolean {
  const dependencies = ['DEPEND', 'RDEPEND', 'BDEPEND', 'PDEPEND', 'IDEPEND'].map((key) => block[key] ?? '').join(' ');
  return bindings.every((binding) => dependencies.includes(binding));
}
