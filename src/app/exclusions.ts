import { parseAtom } from '../portage/atom.ts';
import type { NewPackage } from './ports.ts';

/**
 * What the operator says is never to be built is queued as blocked, so that nobody misses it or wonders. An
 * exclusion without a version excludes every version.
 */
export function applyExclusions(packages: readonly NewPackage[], exclusions: readonly string[]): readonly NewPackage[] {
  if (exclusions.length === 0) return packages;
  const excluded = new Set(exclusions);
  return packages.map((each) => (each.state === 'needed' && isExcluded(each.package, excluded) ? refused(each) : each));
}

function isExcluded(packageName: string, excluded: ReadonlySet<string>): boolean {
  const atom = parseAtom(packageName);
  return excluded.has(packageName) || (atom !== undefined && excluded.has(`${atom.category}/${atom.name}`));
}

function refused(each: NewPackage): NewPackage {
  const error = 'excluded: package_exclusions of swarm.json says never to build it';
  return { ...each, state: 'blocked', isReady: false, failureClass: 'excluded', error };
}
