import type { AttemptId, DroneId, QueueId, SessionId } from '../../core/ids.ts';
import { emptyKnowledge, type Knowledge } from '../../core/learning/knowledge.ts';
import { learn } from '../../core/learning/learn.ts';
import { type Choice, choose, type Swarm } from '../../core/schedule/choose.ts';
import type { DroneFacts } from '../../core/schedule/drone-facts.ts';
import { fleet } from '../../core/schedule/fleet.ts';
import { readyQueue } from '../../core/schedule/ready-queue.ts';
import type { Plans } from '../plans.ts';
import type { Clock } from '../ports.ts';
import { createAskedLabels, createLargestDrones } from './asked-labels.ts';
import { createBuilds } from './builds.ts';
import type { DispatchPolicy } from './dispatch-policy.ts';
import { droneFacts } from './drone-facts.ts';
import type { Inherited } from './inherited-bumps.ts';
import type { KnownPackage } from './known-package.ts';
import type { LiveBuild, LiveDrone, LiveState, PastBuild } from './live-ports.ts';
import { createPackages } from './packages.ts';
import { sampleOf } from './past-sample.ts';
import { createGraphs, makePicture, type Picture } from './picture.ts';

/**
 * Follows the state of the swarm and decides who gets what. It holds nothing that the store does not have: made
 * anew, it decides the same but for what it had learned of the order in which drones ask.
 */
export type Dispatcher = {
  /** Learn from the history. Once, before it is asked. */
  recall(): Promise<void>;
  /** Take over what changed; before anything else is asked. */
  look(now: number): Promise<void>;
  /** As `look`, once a second whether or not anybody asks: then it is never much at once. */
  tick(now: number): Promise<void>;
  /** The package for a drone that asks. */
  choose(droneId: DroneId, now: number): Choice;
  /** How long a package will take nine times of ten on this drone, in seconds; null where nothing is known. */
  p90S(queueId: QueueId, droneId: DroneId): number | null;
  /** How long a running build takes there as likely as not, in seconds; null where nothing is known. */
  readonly expectedS: (attempt: AttemptId) => number | null;
  known(queueId: QueueId): KnownPackage | undefined;
  /** By whose bump it is ordered, where that is not its own. */
  inherited(queueId: QueueId): Inherited | undefined;
  all(): Iterable<KnownPackage>;
  /** The running build of a package. */
  buildOf(queueId: QueueId): LiveBuild | undefined;
  drones(): Iterable<LiveDrone>;
  swarm(): Swarm;
  knowledge(): Knowledge;
  /** The rest of the run as the simulator takes it. */
  picture(now: number): Promise<Picture>;
};

type Needs = {
  readonly live: LiveState;
  readonly plans: Plans;
  readonly clock: Clock;
  readonly policy: DispatchPolicy;
};

/** So many of the newest builds are learned from at the start. */
const RECALLED = 20_000;

export function createDispatcher({ live, plans, clock, policy }: Needs): Dispatcher {
  const knowledge = emptyKnowledge(policy.learning);
  const swarm: Swarm = {
    fleet: fleet(),
    ready: readyQueue(policy.schedule.ageingPerS),
    policy: policy.schedule,
  };
  const drones = new Map<DroneId, LiveDrone>();
  const labels = createAskedLabels(policy.packageLabels);
  const largest = createLargestDrones(() => Array.from(swarm.fleet.berths(), ({ drone }) => drone));
  const packages = createPackages({ swarm, knowledge, giants: policy.giants, labels, largestMb: largest.mbWith });
  const builds = createBuilds({ swarm, packages });
  const graphs = createGraphs();
  const loading = new Map<SessionId, Promise<void>>();
  let refreshFrom = 0;
  let speedsFrom = 0;

  const putDrone = (drone: LiveDrone, now: number) => {
    drones.set(drone.id, drone);
    const facts = droneFacts(drone, knowledge, policy);
    if (isSame(facts, swarm.fleet.berth(drone.id)?.drone)) return;
    swarm.fleet.put(facts, now);
    largest.changed();
  };
  const remember = (past: readonly PastBuild[]) => {
    for (const build of past) {
      const task = packages.taskNamed(build.package);
      learn(knowledge, sampleOf(build, { drone: drones.get(build.droneId), task }));
      packages.learned(build.package, clock.now());
    }
  };
  const loadPlan = async (id: SessionId) => {
    packages.setPlan(id, await plans.get(id), clock.now());
    loading.delete(id);
  };
  const takeOver = (now: number) => {
    const changes = live.takeChanges();
    for (const id of changes.dronesGone) {
      drones.delete(id);
      swarm.fleet.remove(id);
    }
    if (changes.dronesGone.length > 0) largest.changed();
    for (const drone of changes.drones) putDrone(drone, now);
    for (const { labels: asked, ...account } of changes.sessions) {
      swarm.ready.setSession(account);
      labels.takeSession({ id: account.id, labels: asked });
    }
    // While it is known what they were.
    if (changes.past.length > 0) remember(changes.past);
    for (const attempt of changes.buildsGone) builds.end(attempt);
    packages.take(changes.packages, changes.packagesGone, now);
    for (const build of changes.builds) builds.begin(build, now);
    for (const id of packages.sessionsWithoutPlan(changes.packages))
      if (!loading.has(id)) loading.set(id, loadPlan(id));
  };
  const refreshSpeeds = (now: number) => {
    for (const drone of drones.values()) {
      const { slowness } = droneFacts(drone, knowledge, policy);
      if (swarm.fleet.berth(drone.id)?.drone.slowness !== slowness) putDrone(drone, now);
    }
  };
  /** What it costs is kept to a small share of the time, however much there is to estimate. */
  const refresh = (now: number) => {
    const from = clock.elapsed();
    if (!packages.isStale() || from < refreshFrom) return;
    packages.refresh(now);
    if (from >= speedsFrom) {
      refreshSpeeds(now);
      speedsFrom = from + SPEEDS_EVERY_MS;
    }
    refreshFrom = clock.elapsed() + REST_FACTOR * (clock.elapsed() - from);
  };
  const look = async (now: number) => {
    takeOver(now);
    refresh(now);
    if (loading.size > 0) await Promise.all(loading.values());
  };
  return {
    look,
    tick: async (now) => {
      live.touchDrones(DRONES_A_TICK);
      await look(now);
    },
    recall: async () => {
      const past = await live.readPastBuilds(RECALLED);
      await look(clock.now());
      remember(past);
      while (packages.isStale()) packages.refresh(clock.now());
      refreshSpeeds(clock.now());
    },
    choose: (droneId, now) => {
      swarm.fleet.ask(droneId, now);
      return choose(droneId, swarm, now);
    },
    p90S: (queueId, droneId) => {
      const p90S = packages.get(queueId)?.beliefs.p90S ?? null;
      const slowness = swarm.fleet.berth(droneId)?.drone.slowness ?? 1;
      return p90S === null ? null : p90S * slowness;
    },
    expectedS: (attempt) => {
      const build = builds.numbered(attempt);
      const beliefs = build && packages.get(build.queueId)?.beliefs;
      if (beliefs === undefined || beliefs.source === 'unknown') return null;
      return beliefs.estimate.p50S * (swarm.fleet.berth(build?.droneId ?? '')?.drone.slowness ?? 1);
    },
    known: packages.get,
    inherited: packages.inherited,
    all: packages.all,
    buildOf: builds.of,
    drones: () => drones.values(),
    swarm: () => swarm,
    knowledge: () => knowledge,
    picture: (now) => makePicture({ swarm, packages, builds, now, largestMb: largest.mbWith, graphs }),
  };
}

/** Of a thousand drones each is looked at again every ten seconds. */
const DRONES_A_TICK = 100;
/** How fast drones are is looked at so often at most. */
const SPEEDS_EVERY_MS = 1_000;
/** After estimating anew it rests so many times as long. */
const REST_FACTOR = 4;

/** Nothing of it changed but perhaps how much disk is free, by less than matters. */
function isSame(one: DroneFacts, other: DroneFacts | undefined): boolean {
  return (
    other !== undefined &&
    one.name === other.name &&
    one.isSweeper === other.isSweeper &&
    one.closedBecause === other.closedBecause &&
    one.slowness === other.slowness &&
    one.slots === other.slots &&
    one.memoryMb === other.memoryMb &&
    one.arch === other.arch &&
    Math.abs((one.diskFreeBytes ?? 0) - (other.diskFreeBytes ?? 0)) < NOTABLE_BYTES &&
    (one.diskFreeBytes === null) === (other.diskFreeBytes === null) &&
    one.labels.join(',') === other.labels.join(',')
  );
}

const NOTABLE_BYTES = 64 * 1024 * 1024;
