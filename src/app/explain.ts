import { explainDrone } from './explain/explain-drone.ts';
import { type ExplainNeeds, explainPackage } from './explain/explain-package.ts';

/** Answers "why is this package not built" and "why does this drone do nothing". Changes nothing. */
export type Explain = ReturnType<typeof createExplain>;

/** @throws SwarmError NOT_FOUND for packages and drones that there are not */
export function createExplain(needs: ExplainNeeds) {
  return { package: explainPackage(needs), drone: explainDrone(needs) };
}
