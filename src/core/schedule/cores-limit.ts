/**
 * Slots of a drone that may use only some of its cores: in proportion, at least one. What is unknown limits nothing.
 */
export function slotsWithin(slots: number, cores: number | null, coresLimit: number | null): number {
  if (cores === null || coresLimit === null || coresLimit >= cores) return slots;
  return Math.max(1, Math.floor((slots * coresLimit) / cores));
}
