import type { DroneView, QueuedPackage } from '../core/view.ts';

/** When the views of the tests are. */
export const NOW = 1_800_000_000_000;

/** A drone that is online, with four cores and one slot, unless told otherwise. */
export function droneView(name: string, over: Partial<DroneView> = {}): DroneView {
  const facts = {
    isSweeper: false,
    isPaused: false,
    isOnline: true,
    lastSeenAt: NOW,
    cores: 4,
    memoryMb: null,
    slots: 1,
    failures: 0,
    groundedUntil: null,
  };
  return { id: name, name, ...facts, ...over };
}

/** A planned package that is being built, and never failed. */
export const QUEUED: QueuedPackage = {
  id: 1,
  package: '=dev-libs/a-1',
  state: 'delegated',
  attempt: 7,
  sessionId: 's',
  isPlanned: true,
  failures: 0,
  infrastructureFailures: 0,
  maxJobs: null,
  needsMemoryMb: null,
};
