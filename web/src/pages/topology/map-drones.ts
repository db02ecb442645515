import type { Build, Node, Status } from '../../live/swarm-state.ts';
import { buildsByDrone, compareNames, stateOf } from '../../swarm/drones.ts';
import { partsOf } from '../../ui/format.ts';
import type { Latency } from './use-wire.ts';

/** A drone as the map and the list show it. */
export type MapDrone = {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly isSweeper: boolean;
  /** Builds that it runs side by side; null where it does not say. */
  readonly slots: number | null;
  readonly used: number;
  /** The build that was heard of first: its name without category and version, and the phase. */
  readonly work: string;
  readonly phase: string;
  /** All that it builds, each with its phase. */
  readonly works: readonly string[];
  /** 0 to 1. */
  readonly cpu: number;
  readonly ram: number;
  readonly seen: number;
  readonly latency: Latency | undefined;
};

type Known = {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly builds: ReadonlyMap<number, Build>;
  readonly health: Status['drone_health'] | undefined;
  readonly latencies: ReadonlyMap<string, Latency>;
  /** Unix seconds. */
  readonly now: number;
};

/** Every drone by name, sweepers last: where one is does not change with what it does. */
export function mapDrones({ nodes, builds, health, latencies, now }: Known): readonly MapDrone[] {
  const running = buildsByDrone(builds);
  return [...nodes.values()]
    .map((node) => {
      const mine = running.get(node.id) ?? [];
      const works = mine.map((build) => ({ name: partsOf(build.package).name, phase: build.phase }));
      const told = node.current_task === null ? [] : [{ name: partsOf(node.current_task).name, phase: '' }];
      const all = !node.online ? [] : works.length > 0 ? works : told;
      const isGrounded = (health?.[node.id]?.grounded_until ?? 0) > now;
      return {
        ...{ id: node.id, name: node.name, isSweeper: node.type === 'sweeper', seen: node.last_seen },
        state: node.online && isGrounded ? 'grounded' : stateOf(node),
        slots: slotsOf(node),
        used: all.length,
        work: all[0]?.name ?? '',
        phase: all[0]?.phase ?? '',
        works: all.map(({ name, phase }) => (phase === '' ? name : `${name}, ${phase}`)),
        cpu: node.online ? node.cpu_percent / 100 : 0,
        ram: node.online ? node.ram_percent / 100 : 0,
        latency: latencies.get(node.id),
      };
    })
    .sort(byPlace);
}

function slotsOf({ capabilities }: Node): number | null {
  const said = capabilities['slots'];
  return typeof said === 'number' ? said : null;
}

function byPlace(a: MapDrone, b: MapDrone): number {
  return Number(a.isSweeper) - Number(b.isSweeper) || compareNames(a.name, b.name) || compareNames(a.id, b.id);
}

/** `0.8 ms`, `12 ms`, `1.4 s`. */
export function milliseconds(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** `2 of 4`, or how many there are where the drone does not say how many there can be. */
export function slotsText({ used, slots }: Pick<MapDrone, 'used' | 'slots'>): string {
  return slots === null ? String(used) : `${used} of ${slots}`;
}

/** A drone in a sentence, for who does not see the map. */
export function sentenceOf(drone: MapDrone): string {
  const { name, state, slots, used, works, latency } = drone;
  const free = slots === null ? '' : `, ${slotsText({ used, slots })} slots in use`;
  const does = works.length === 0 ? '' : `, builds ${works.join('; ')}`;
  const answered = latency === undefined ? '' : `, answered in ${milliseconds(latency.avg)}`;
  return `${name}: ${state}${free}${does}${answered}`;
}
