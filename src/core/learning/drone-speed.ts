import type { Knowledge, LearningSettings, RememberedBuild, RememberedDrone } from './knowledge.ts';
import { type Weighted, weightedMedian } from './robust.ts';
import { type Builder, likenessOf } from './sample.ts';

/** How much longer a machine takes than the reference: 2 is half as fast. */
export type DroneSpeed = {
  readonly slowness: number;
  /** Packages built by it and by others that say so. */
  readonly samples: number;
  /** `prior`: only its cores say so, or nothing at all. */
  readonly source: 'learned' | 'prior';
};

/** What the cores of a drone let expect. */
export type SpeedPrior = Pick<LearningSettings, 'serialFraction' | 'referenceCores'>;

/** Packages that a drone shares with others and that its speed is learned from. */
const SHARED_PACKAGES = 64;
/** For how many shared packages the number of cores counts; without that number the prior says next to nothing. */
const PRIOR_COUNT = 2;
const PRIOR_COUNT_WITHOUT_CORES = 0.5;
/** What a package counts that the others built in another version only. */
const OTHER_VERSION_WEIGHT = 0.25;
/** Once there are enough, builds of shared packages between two fits. */
const BUILDS_PER_FIT = 8;

/**
 * How slow a drone is against the reference. Learned are the column effects of the two-way table package × drone of
 * log durations, by alternating medians (Tukey's median polish, 1977), drawn towards what its cores let expect while
 * there are few shared packages.
 */
export function speedOf(knowledge: Knowledge, drone: Builder): DroneSpeed {
  const known = knowledge.drones.get(machineOf(drone));
  if (known && known.samples > 0)
    return { slowness: Math.exp(known.logSlowness), samples: known.samples, source: 'learned' };
  return { slowness: Math.exp(priorLogSlowness(knowledge.settings, drone.coresPerBuild)), samples: 0, source: 'prior' };
}

/** The name under which a drone with its present cores is remembered. */
export function machineOf({ droneId, coresPerBuild }: Builder): string {
  return `${droneId} ${coresPerBuild ?? '?'}`;
}

/** A machine of which nothing is learned yet. */
export function newMachine(settings: LearningSettings, { coresPerBuild }: Builder): RememberedDrone {
  const priorLog = priorLogSlowness(settings, coresPerBuild);
  return { priorLog, hasCores: coresPerBuild !== null, shared: [], logSlowness: priorLog, samples: 0, unread: 0 };
}

/** Logarithm of the slowness of a remembered machine; one that was forgotten counts as the reference. */
export function logSlownessOf(knowledge: Knowledge, machine: string): number {
  return knowledge.drones.get(machine)?.logSlowness ?? 0;
}

/**
 * Take note that `machine` has built the package `name`, and learn its speed anew if enough has come together. Changes
 * what is known of it and of the others that built the package.
 */
export function noteShared(knowledge: Knowledge, name: string, machine: string): void {
  const machines = new Set(knowledge.packages.get(name)?.builds.map(({ drone }) => drone));
  if (machines.size < 2) return;
  for (const each of machines) addShared(knowledge.drones.get(each), name);
  const drone = knowledge.drones.get(machine);
  if (!drone) return;
  drone.unread += 1;
  if (drone.samples >= BUILDS_PER_FIT && drone.unread < BUILDS_PER_FIT) return;
  drone.unread = 0;
  fitSlowness(knowledge, drone, machine);
}

function addShared(drone: RememberedDrone | undefined, name: string): void {
  if (!drone || drone.shared.at(-1) === name) return;
  const place = drone.shared.indexOf(name);
  if (place >= 0) drone.shared.splice(place, 1);
  else if (drone.shared.length >= SHARED_PACKAGES) drone.shared.shift();
  drone.shared.push(name);
}

/** One half step of the alternation: this machine anew, packages and other machines as they are. */
function fitSlowness(knowledge: Knowledge, drone: RememberedDrone, machine: string): void {
  const cells = drone.shared.flatMap((name) => lagOf(knowledge, name, machine) ?? []);
  const count = cells.reduce((sum, { weight }) => sum + weight, 0);
  if (count === 0) return;
  const priorCount = drone.hasCores ? PRIOR_COUNT : PRIOR_COUNT_WITHOUT_CORES;
  const beyondCores = weightedMedian(cells) - drone.priorLog - commonShift(knowledge);
  drone.samples = cells.length;
  drone.logSlowness = drone.priorLog + (count / (priorCount + count)) * beyondCores;
}

/**
 * By how much the machines on the whole are off what their cores let expect. The table cannot tell slow machines from
 * long packages, so that this would wander off; taken out each time, a reference second stays one.
 */
function commonShift({ drones }: Knowledge): number {
  let [sum, count] = [0, 0];
  for (const { samples, logSlowness, priorLog } of drones.values()) {
    if (samples === 0) continue;
    sum += logSlowness - priorLog;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}

/** By how much the machine lags behind the reference with this package, as the others' builds of it tell. */
function lagOf(knowledge: Knowledge, name: string, machine: string): Weighted | undefined {
  const builds = knowledge.packages.get(name)?.builds ?? [];
  const newest = builds.find(({ drone }) => drone === machine);
  if (!newest) return undefined;
  const [mine, others]: [Weighted[], Weighted[]] = [[], []];
  for (const build of builds) {
    const weight = comparability(build, newest);
    if (build.drone === machine) mine.push({ value: build.logS, weight });
    else others.push({ value: build.logS - logSlownessOf(knowledge, build.drone), weight });
  }
  if (others.length === 0) return undefined;
  const weight = Math.min(
    1,
    others.reduce((sum, other) => sum + other.weight, 0),
  );
  return { value: weightedMedian(mine) - weightedMedian(others), weight };
}

function comparability(build: RememberedBuild, newest: RememberedBuild): number {
  return likenessOf(build, newest) === 'name' ? OTHER_VERSION_WEIGHT : 1;
}

/** Without a number of cores: the reference. */
function priorLogSlowness(prior: SpeedPrior, coresPerBuild: number | null): number {
  return coresPerBuild === null || !(coresPerBuild > 0) ? 0 : Math.log(slownessOfCores(coresPerBuild, prior));
}

/** Amdahl's law: the serial part takes as long on any number of cores. What a drone of which nothing is learned is taken for. */
export function slownessOfCores(coresPerBuild: number, { serialFraction, referenceCores }: SpeedPrior): number {
  return serialFraction + ((1 - serialFraction) * referenceCores) / coresPerBuild;
}
