import type { TaskGraph } from '../../core/schedule/task-graph.ts';
import type { SimulatedTask, Workload } from '../../core/simulate/workload.ts';

/**
 * A workload in columns: what goes to another thread is copied as a block of bytes. To copy as many objects would hold
 * up the sender for a tenth of a second at 30,000 packages.
 */
export type PackedWorkload = {
  readonly graph: Omit<TaskGraph, 'names'>;
  readonly names: string;
  readonly numbers: Float64Array;
  readonly words: Int32Array;
  readonly dictionary: readonly string[];
  /** What few packages have. */
  readonly lists: readonly (readonly [task: number, lists: Lists])[];
};

type Lists = Pick<SimulatedTask, 'labels' | 'failedBy'>;

const NUMBERS = 8;
const WORDS = 4;
const NONE = -1;
/** What no name holds. */
const BETWEEN_NAMES = '\u0000';
const IS_UNKNOWN = 1;
const IS_DONE = 2;

export function packWorkload({ graph, tasks }: Workload): PackedWorkload {
  const { names, ...rest } = graph;
  const numbers = new Float64Array(tasks.length * NUMBERS);
  const words = new Int32Array(tasks.length * WORDS);
  const index = new Map<string, number>();
  const lists: (readonly [number, Lists])[] = [];
  const wordOf = (text: string | null | undefined): number => {
    if (text === null || text === undefined) return NONE;
    const known = index.get(text);
    if (known !== undefined) return known;
    index.set(text, index.size);
    return index.size - 1;
  };
  tasks.forEach((task, at) => {
    const { estimate, trueS, memoryMb, diskBytes, bump, isKnown, state } = task;
    const running = typeof state === 'object' ? state : undefined;
    const flags = (isKnown === false ? IS_UNKNOWN : 0) + (state === 'done' ? IS_DONE : 0);
    const place = at * NUMBERS;
    numbers[place] = estimate.p50S;
    numbers[place + 1] = estimate.logSigma;
    numbers[place + 2] = trueS;
    numbers[place + 3] = memoryMb ?? Number.NaN;
    numbers[place + 4] = diskBytes ?? Number.NaN;
    numbers[place + 5] = bump ?? 0;
    numbers[place + 6] = running?.startedAt ?? Number.NaN;
    numbers[place + 7] = flags;
    words[at * WORDS] = wordOf(task.group);
    words[at * WORDS + 1] = wordOf(task.sessionId);
    words[at * WORDS + 2] = wordOf(task.arch);
    words[at * WORDS + 3] = wordOf(running?.droneId);
    if (task.labels !== undefined || task.failedBy !== undefined) lists.push([at, listsOf(task)]);
  });
  return { graph: rest, names: names.join(BETWEEN_NAMES), numbers, words, dictionary: [...index.keys()], lists };
}

function listsOf({ labels, failedBy }: SimulatedTask): Lists {
  return { ...(labels && { labels }), ...(failedBy && { failedBy }) };
}

export function unpackWorkload(packed: PackedWorkload): Workload {
  const { graph, names, numbers, words, dictionary, lists } = packed;
  const tasks = Array.from({ length: numbers.length / NUMBERS }, (_, at): SimulatedTask => {
    const number = (column: number) => numbers[at * NUMBERS + column] as number;
    const word = (column: number) => dictionary[words[at * WORDS + column] as number];
    const orNull = (value: number) => (Number.isNaN(value) ? null : value);
    const [sessionId, arch, droneId, flags] = [word(1), word(2), word(3), number(7)];
    return {
      estimate: { p50S: number(0), logSigma: number(1) },
      trueS: number(2),
      memoryMb: orNull(number(3)),
      diskBytes: orNull(number(4)),
      group: word(0) ?? null,
      bump: number(5),
      isKnown: (flags & IS_UNKNOWN) === 0,
      ...(sessionId !== undefined && { sessionId }),
      ...(arch !== undefined && { arch }),
      ...((flags & IS_DONE) !== 0 && { state: 'done' }),
      ...(droneId !== undefined && { state: { droneId, startedAt: number(6) } }),
    };
  });
  for (const [at, each] of lists) tasks[at] = { ...(tasks[at] as SimulatedTask), ...each };
  return { graph: { ...graph, names: tasks.length === 0 ? [] : names.split(BETWEEN_NAMES) }, tasks };
}
