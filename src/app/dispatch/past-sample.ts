import type { BuildTask, LearningSample } from '../../core/learning/sample.ts';
import { coresPerBuild } from './drone-facts.ts';
import { taskOf } from './known-package.ts';
import type { LiveDrone, PastBuild } from './live-ports.ts';

/** What is known now of who built it, and of what it was. */
type Known = { readonly drone: LiveDrone | undefined; readonly task: BuildTask | undefined };

/** A build that ended, as it is learned from. */
export function sampleOf(past: PastBuild, { drone, task }: Known): LearningSample {
  const { name, version, use, sourceBytes } = task ?? taskOf({ cpv: null, package: past.package });
  if (past.isOutOfMemory) return { kind: 'oom', name, version, use, killedAtMb: past.peakMemoryMb ?? 0, at: past.at };
  return {
    kind: 'built',
    ...{ name, version, use, droneId: past.droneId, sourceBytes, at: past.at },
    coresPerBuild: drone === undefined ? null : coresPerBuild(drone),
    durationS: past.durationS,
    peakMemoryMb: past.peakMemoryMb,
    diskMb: past.diskMb,
  };
}
