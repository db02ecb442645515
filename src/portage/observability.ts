import { z } from 'zod';

/** One package that emerge works on at this moment. */
export type ObservedTask = {
  readonly cpv: string;
  /** `build` from source or from a binary; `merge` into the root. */
  readonly kind: 'build' | 'merge' | 'other';
  /** The running ebuild phase, `clean` or `merge-wait` among them; null between phases. */
  readonly phase: string | null;
  readonly isBinary: boolean;
  readonly pid: number | null;
  /** Seconds since emerge began with it; `buildElapsedS` without the time it waited for its merge. */
  readonly elapsedS: number;
  readonly buildElapsedS: number;
  /** Present with FEATURES=cgroup where root and cgroup v2 allow it. */
  readonly cpuS: number | null;
  readonly memoryPeakBytes: number | null;
};

export type Observation = {
  readonly emergePid: number | null;
  /** Unix time in seconds. */
  readonly timestampS: number;
  readonly jobs: {
    readonly running: number;
    readonly completed: number;
    readonly failed: number;
    readonly total: number;
  };
  readonly tasks: readonly ObservedTask[];
};

/**
 * A snapshot of FEATURES=observability (Portage 3.0.82 and later, _emerge/_observability.py): the
 * file `emerge-PID.json` or a line of its socket. Undefined for anything else, also for other kinds
 * of messages and half a file. Fields of later versions are passed over, a task that cannot be
 * understood is left out.
 */
export function parseObservation(text: string): Observation | undefined {
  const parsed = Snapshot.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { emerge_pid, timestamp, jobs, tasks } = parsed.data;
  const known = tasks.map((task) => Task.safeParse(task)).flatMap((task) => (task.success ? [toTask(task.data)] : []));
  return { emergePid: emerge_pid, timestampS: timestamp, jobs, tasks: known };
}

const Count = z.number().catch(0);
const Optional = z.number().nullable().catch(null);

const Snapshot = z.object({
  type: z.literal('snapshot'),
  emerge_pid: Optional,
  timestamp: Count,
  jobs: z
    .object({ running: Count, completed: Count, failed: Count, total: Count })
    .catch({ running: 0, completed: 0, failed: 0, total: 0 }),
  tasks: z.array(z.unknown()).catch([]),
});

const Task = z.object({
  cpv: z.string().min(1),
  kind: z.enum(['build', 'merge']).or(z.string().transform(() => 'other' as const)),
  phase: z.string().nullable().catch(null),
  binary: z.boolean().catch(false),
  pid: Optional,
  elapsed: Count,
  build_elapsed: Count,
  resources: z.object({ cpu_usec: Optional, mem_peak: Optional }).catch({ cpu_usec: null, mem_peak: null }),
});

function toTask({
  cpv,
  kind,
  phase,
  binary,
  pid,
  elapsed,
  build_elapsed,
  resources,
}: z.infer<typeof Task>): ObservedTask {
  const cpuS = resources.cpu_usec === null ? null : resources.cpu_usec / 1e6;
  const times = { elapsedS: elapsed, buildElapsedS: build_elapsed, cpuS, memoryPeakBytes: resources.mem_peak };
  return { cpv, kind, phase, isBinary: binary, pid, ...times };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
