import type { DroneId } from '../ids.ts';
import type { DroneFacts } from '../schedule/drone-facts.ts';
import type { Conditions } from './simulate.ts';

/** A question put to the simulation. */
export type WhatIf =
  | { readonly kind: 'add-drone'; readonly drone: DroneFacts }
  | { readonly kind: 'remove-drone'; readonly id: DroneId }
  | { readonly kind: 'resize-drone'; readonly id: DroneId; readonly to: Partial<Omit<DroneFacts, 'id'>> }
  | { readonly kind: 'start-at'; readonly at: number };

/** The conditions with the changes made one after the other. Changes to drones that are not there change nothing. */
export function changedConditions(conditions: Conditions, changes: readonly WhatIf[]): Conditions {
  return changes.reduce(changed, conditions);
}

function changed(conditions: Conditions, change: WhatIf): Conditions {
  const { drones } = conditions;
  switch (change.kind) {
    case 'add-drone':
      return { ...conditions, drones: [...drones, change.drone] };
    case 'remove-drone':
      return { ...conditions, drones: drones.filter((drone) => drone.id !== change.id) };
    case 'resize-drone':
      return {
        ...conditions,
        drones: drones.map((drone) => (drone.id === change.id ? { ...drone, ...change.to } : drone)),
      };
    case 'start-at':
      return { ...conditions, startAt: change.at };
  }
}
