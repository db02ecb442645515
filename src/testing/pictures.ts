import type { Belief, ForecastSource, Picture } from '../app/forecast-source.ts';
import { emptyKnowledge } from '../core/learning/knowledge.ts';
import { DEFAULT_SCHEDULE_POLICY } from '../core/schedule/schedule-policy.ts';
import { listedTasks } from '../core/schedule/task-graph.ts';
import type { SimulatedTask } from '../core/simulate/workload.ts';
import { droneFacts } from './scheduling.ts';

/** A package of a picture, ordinary in every respect that is not given. */
export type Pictured = Partial<SimulatedTask> & {
  readonly needs?: readonly string[];
  /** Blocked, or given up. */
  readonly isHeld?: boolean;
};

/** What the dispatcher would say of a swarm with one drone, `anvil`, of 8 cores; `packages` may be changed at any time. */
export function pictureSource(packages: Record<string, Pictured>): ForecastSource & { readonly looks: () => number } {
  let looks = 0;
  return {
    looks: () => looks,
    look: async () => {
      looks += 1;
    },
    picture: (now) => pictureOf(packages, now),
    beliefOf: (id) => {
      const pictured = Object.values(packages)[id - 1];
      return pictured === undefined || pictured.state === 'done' ? undefined : beliefOf(pictured);
    },
    drones: () => [{ id: 'anvil', cores: 8, coresLimit: null }],
    knowledge: () => emptyKnowledge(),
    isUnderWay: () => false,
    knownShare: () => 1,
  };
}

function pictureOf(packages: Readonly<Record<string, Pictured>>, startAt: number): Picture {
  const names = Object.keys(packages);
  const graph = listedTasks(names.map((name) => ({ name, needs: packages[name]?.needs ?? [] })));
  const tasks = names.map((name): SimulatedTask => {
    const { needs: _, isHeld = false, ...over } = packages[name] as Pictured;
    return {
      estimate: ORDINARY,
      trueS: ORDINARY.p50S,
      sessionId: 's-1',
      ...(isHeld ? { labels: ['nobody'] } : {}),
      ...over,
    };
  });
  return {
    workload: { graph, tasks },
    conditions: { drones: [droneFacts('anvil')], policy: DEFAULT_SCHEDULE_POLICY, startAt, pollMs: 0 },
    packages: names.map((name, at) => ({
      id: tasks[at]?.state === 'done' ? null : at + 1,
      package: `=${name}`,
      sessionId: tasks[at]?.sessionId ?? null,
      isHeld: packages[name]?.isHeld === true,
    })),
  };
}

const ORDINARY = { p50S: 100, logSigma: 0 };

function beliefOf({ estimate = ORDINARY, isKnown = true }: Pictured): Belief {
  const p90S = isKnown ? estimate.p50S * Math.exp(1.2816 * estimate.logSigma) : null;
  return { estimate, p90S, source: isKnown ? 'same' : 'unknown', samples: isKnown ? 3 : 0 };
}
