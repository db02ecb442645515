import { duration } from '../../ui/format.ts';
import type { Circle, PlanNode } from './plan-model.ts';

const SOURCES: Readonly<Record<PlanNode['source'], string>> = {
  built: 'measured',
  reused: 'was there already',
  same: 'as such builds took before',
  version: 'as this version took before',
  name: 'as other versions took before',
  given: 'as the plan says',
  category: 'as usual in its category',
  size: 'by the size of its sources',
  unknown: 'a guess: nothing like it was built yet',
};

/** What its duration rests on, in words. */
export function saysSource({ source }: Pick<PlanNode, 'source'>): string {
  return SOURCES[source];
}

/** How long it took, or about how long it will take. */
export function saysDuration({ expected_s, source }: Pick<PlanNode, 'expected_s' | 'source'>): string {
  if (expected_s === null) return '';
  return source === 'built' ? duration(expected_s) : `~${duration(expected_s)}`;
}

const CIRCLES: Readonly<Record<Circle['kind'], { readonly title: string; readonly says: string }>> = {
  together: {
    title: 'In a circle at run time',
    says: 'These bring each other along when they are installed. It does not matter which is built first.',
  },
  ordered: {
    title: 'In a circle that the plan breaks',
    says: 'Their builds lead back to them. Portage’s order says where to begin; the dashed needs come later.',
  },
  stuck: {
    title: 'In a circle of builds',
    says: 'Each of these can only be built after the others. Build one of them where an older one is installed, or with other USE flags.',
  },
};

/** What kind of circle it is, and what follows from that. */
export function saysCircle(kind: Circle['kind']): { readonly title: string; readonly says: string } {
  return CIRCLES[kind];
}

/** A package in a sentence, for who does not see the drawing. */
export function saysNode(node: PlanNode, needs: number, users: number): string {
  return [
    `${node.cpv}, ${node.state}`,
    node.state === 'building' && node.drone !== null ? `on ${node.drone}` : '',
    saysDuration(node),
    node.on_critical_path ? 'on the critical path' : '',
    `needs ${needs}, needed by ${users}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
