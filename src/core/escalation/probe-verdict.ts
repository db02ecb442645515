import type { Machine } from './watched-drone.ts';

/** What a probe came to. */
export const PROBE_STATUSES = [
  'ok',
  'service_down',
  'stuck',
  'overloaded',
  'memory_low',
  'disk_full',
  'stranger',
  'unreachable',
  'timeout',
  'error',
] as const;
export type ProbeStatus = (typeof PROBE_STATUSES)[number];

/** What a host says of itself over SSH; what it did not say is null. */
export type ProbeFacts = {
  /** Name that the drone has in its own settings. */
  readonly name: string | null;
  readonly service: 'running' | 'stopped' | 'absent' | null;
  /** Processes of the agent. */
  readonly agents: number | null;
  readonly load: number | null;
  readonly cores: number | null;
  readonly memoryMb: number | null;
  readonly memoryFreeMb: number | null;
  /** Use of the fullest of its file systems for builds, in percent. */
  readonly diskPercent: number | null;
  /** Processes of emerge, how old the oldest is, and the processor time of all; seconds. */
  readonly emerges: number | null;
  readonly emergeAgeS: number | null;
  readonly emergeCpuS: number | null;
  readonly uptimeS: number | null;
  readonly init: 'openrc' | 'systemd' | 'none' | null;
  readonly machine: Machine | null;
};

/** What came of looking: facts, or why there are none. */
export type Probed =
  | { readonly kind: 'facts'; readonly facts: ProbeFacts }
  | { readonly kind: 'unreachable' | 'timeout' | 'error'; readonly error: string };

/** A probe with what it means. */
export type JudgedProbe = {
  readonly at: number;
  readonly status: ProbeStatus;
  /** A sentence for people. */
  readonly says: string;
  readonly facts: ProbeFacts | null;
};

type Asked = {
  readonly drone: { readonly name: string; readonly cores: number | null };
  /** The probe before this one. */
  readonly before: JudgedProbe | null;
  readonly at: number;
};

/** So much load for each core is more than builds side by side make. */
const LOAD_PER_CORE = 5;
const LEAST_LOAD = 20;
const DISK_FULL_PERCENT = 95;
const MEMORY_LOW_SHARE = 0.02;
/** An emerge that used no processor between two probes so far apart does nothing. */
const STILL_FOR_MS = 50_000;

/** What a probe means: the worst that it found, and what would have to be done about it first. */
export function judgeProbe(probed: Probed, { drone, before, at }: Asked): JudgedProbe {
  if (probed.kind !== 'facts') return { at, status: probed.kind, says: probed.error, facts: null };
  const { facts } = probed;
  const [status, says] = verdictOn(facts, drone, before, at);
  return { at, status, says, facts };
}

function verdictOn(
  facts: ProbeFacts,
  drone: Asked['drone'],
  before: JudgedProbe | null,
  at: number,
): readonly [ProbeStatus, string] {
  if (facts.name !== drone.name)
    return [
      'stranger',
      facts.name === null
        ? 'no drone was set up there: there is no /etc/build-swarm/drone.conf with a name'
        : `the host there calls itself ${facts.name}, and not ${drone.name}`,
    ];
  if (facts.diskPercent !== null && facts.diskPercent >= DISK_FULL_PERCENT)
    return ['disk_full', `its disk is ${Math.round(facts.diskPercent)} % full`];
  if (facts.service === 'stopped' || facts.service === 'absent' || facts.agents === 0)
    return ['service_down', facts.service === 'absent' ? 'it has no service swarm-drone' : 'its agent does not run'];
  if (isStill(facts, before, at))
    return ['stuck', `its emerge runs for ${facts.emergeAgeS} s and has used no processor since the last probe`];
  const free = facts.memoryFreeMb;
  if (free !== null && facts.memoryMb !== null && free < facts.memoryMb * MEMORY_LOW_SHARE)
    return ['memory_low', `only ${Math.round(free)} MB of its memory are free`];
  const most = Math.max(LEAST_LOAD, LOAD_PER_CORE * (facts.cores ?? drone.cores ?? 1));
  if (facts.load !== null && facts.load > most) return ['overloaded', `its load is ${facts.load.toFixed(1)}`];
  return ['ok', 'it answers, and its agent runs'];
}

function isStill(facts: ProbeFacts, before: JudgedProbe | null, at: number): boolean {
  const then = before?.facts;
  if (!before || !then || at - before.at < STILL_FOR_MS) return false;
  if (!facts.emerges || !then.emerges || facts.emergeAgeS === null || facts.emergeCpuS === null) return false;
  // The same one as then, and not one that has just begun.
  const isSame = facts.emergeAgeS * 1000 >= at - before.at;
  return isSame && facts.emergeCpuS === then.emergeCpuS;
}
