import { speedOf } from '../../core/learning/drone-speed.ts';
import type { LearnedSpeed } from '../statistics-ports.ts';
import type { Dispatcher } from './dispatcher.ts';
import { coresPerBuild } from './drone-facts.ts';

/** How fast drones are, by name, as far as that was learned; null for those that are not known any more. */
export function learnedSpeeds(
  dispatcher: Pick<Dispatcher, 'drones' | 'knowledge'>,
): (drone: string) => LearnedSpeed | null {
  return (name) => {
    for (const drone of dispatcher.drones()) {
      if (drone.name !== name) continue;
      const { slowness, samples } = speedOf(dispatcher.knowledge(), {
        droneId: drone.id,
        coresPerBuild: coresPerBuild(drone),
      });
      return { speed: 1 / slowness, samples };
    }
    return null;
  };
}
