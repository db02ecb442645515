import type { CareRun, DroneHands } from '../../app/escalation-ports.ts';
import type { RemoteEnd, RemoteShell } from '../../app/provision-ports.ts';
import type { Probed, ProbeFacts } from '../../core/escalation/probe-verdict.ts';
import { MACHINES, type Step } from '../../core/escalation/watched-drone.ts';
import { CARE_SCRIPT } from './care-script.ts';

type Options = {
  readonly shell: RemoteShell;
  /** What the script takes for `/`, for tests; the root unless told. */
  readonly root?: string | undefined;
};

const PROBE_LIMIT_MS = 15_000;
/** A service gets half a minute to end by itself, and OpenRC and systemd wait for it. */
const STEP_LIMITS_MS: Readonly<Record<Step, number>> = { restart: 75_000, 'hard-restart': 90_000, reboot: 20_000 };
const MAX_LINES = 200;
const MAX_TEXT = 300;

/** Drones by SSH: one connection for each probe or step. What is there is compared with the name of the drone first. */
export function createDroneHands({ shell, root = '' }: Options): DroneHands {
  const act = async (action: Step | 'probe', { host, drone, signal }: CareRun, timeoutMs: number) => {
    const heard = { stdout: [] as string[], stderr: [] as string[] };
    const end = await shell.run(host, {
      words: [...(host.user === 'root' ? [] : ['sudo', '-n']), 'sh', '-s', '--', action, drone, root],
      input: CARE_SCRIPT,
      timeoutMs,
      signal,
      onLine: (line, stream) => {
        if (heard[stream].length < MAX_LINES) heard[stream].push(line);
      },
    });
    return { end, values: valuesIn(heard.stdout), said: lastOf(heard.stderr) };
  };
  return {
    probe: async (run) => {
      const { end, values, said } = await act('probe', run, PROBE_LIMIT_MS);
      if (values.has('SERVICE') && isDone(end)) return { kind: 'facts', facts: factsOf(values) };
      return whyNot(end, said);
    },
    take: async (step, run) => {
      const limitMs = STEP_LIMITS_MS[step];
      const { end, values, said } = await act(step, run, limitMs);
      // Nobody is left to say that a reboot went well.
      const isGone = step === 'reboot' && values.has('REBOOTING') && !values.has('SAYS');
      if (isDone(end) || isGone) return { isDone: true, says: values.get('SAYS') ?? 'it reboots' };
      if (end.kind === 'timed-out') return { isDone: false, says: `it did not end in ${limitMs / 1000} s` };
      return { isDone: false, says: values.get('SAYS') ?? whyNot(end, said).error };
    },
  };
}

function isDone(end: RemoteEnd): boolean {
  return end.kind === 'exited' && end.exitCode === 0;
}

function whyNot(end: RemoteEnd, said: string): Exclude<Probed, { kind: 'facts' }> {
  if (end.kind === 'timed-out') return { kind: 'timeout', error: `no answer in ${PROBE_LIMIT_MS / 1000} s` };
  if (end.kind === 'exited') {
    if (end.exitCode === 255) return { kind: 'unreachable', error: said === '' ? 'there is no connection' : said };
    return { kind: 'error', error: said === '' ? `the probe ended with status ${end.exitCode}` : said };
  }
  const why = end.kind === 'no-ssh' ? 'there is no program ssh on the control plane' : 'the control plane is stopping';
  return { kind: 'error', error: why };
}

function lastOf(lines: readonly string[]): string {
  const line = lines.findLast((each) => each.trim() !== '') ?? '';
  return line.trim().replace(/\.$/, '').slice(0, MAX_TEXT);
}

function valuesIn(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const equals = line.indexOf('=');
      return equals < 1 ? [] : [[line.slice(0, equals), line.slice(equals + 1).slice(0, MAX_TEXT)] as const];
    }),
  );
}

function factsOf(values: ReadonlyMap<string, string>): ProbeFacts {
  const text = (name: string) => values.get(name) || null;
  const number = (name: string) => {
    const written = text(name)?.trim() ?? '';
    return /^\d+(\.\d+)?$/.test(written) ? Number(written) : null;
  };
  const oneOf = <T extends string>(name: string, words: readonly T[]) =>
    words.find((word) => word === values.get(name)) ?? null;
  return {
    name: text('NAME'),
    service: oneOf('SERVICE', ['running', 'stopped', 'absent']),
    agents: number('PROC'),
    load: number('LOAD'),
    cores: number('CORES'),
    memoryMb: number('MEMORY'),
    memoryFreeMb: number('MEMORY_FREE'),
    diskPercent: number('DISK'),
    emerges: number('EMERGE'),
    emergeAgeS: number('EMERGE_AGE'),
    emergeCpuS: number('EMERGE_CPU'),
    uptimeS: number('UPTIME'),
    init: oneOf('INIT', ['openrc', 'systemd', 'none']),
    machine: oneOf('MACHINE', MACHINES),
  };
}
