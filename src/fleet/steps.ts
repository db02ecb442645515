/** How a step stands; `unchanged`: there was nothing to do. */
export type StepState = 'running' | 'done' | 'unchanged' | 'skipped' | 'failed';

/** One step of what is done to a host. */
export type Step = {
  readonly id: string;
  /** For people. */
  readonly title: string;
  readonly state: StepState;
  /** How long it took; null while it runs. */
  readonly seconds: number | null;
  /** What became of it, in a few words; empty where there is nothing to say. */
  readonly says: string;
};

/** The steps of one host, in the order in which they began. */
export type Steps = {
  /** Do this as a step; what it throws fails the step. `says` and `state` come from its result. */
  readonly during: <T>(id: string, work: () => Promise<T>, ends: (result: T) => Outcome) => Promise<T>;
  /** A line of the script; true when it is one about steps and not for people. */
  readonly hear: (line: string) => boolean;
  readonly list: () => readonly Step[];
  /** Whether anything there was changed, as far as is known. */
  readonly hasChanged: () => boolean;
};

export type Outcome = {
  readonly state: Exclude<StepState, 'running'>;
  readonly says: string;
  /** Whether it changed the host; the script tells that of its own steps. */
  readonly hasChanged?: boolean;
};

const STEP = '@@step ';
const END = '@@end ';
const MAX_CHARACTERS = 300;
const STATES: ReadonlySet<string> = new Set(['running', 'done', 'unchanged', 'skipped', 'failed']);

/** Nothing has been done yet. `onStep` hears every change of a step. */
export function createSteps(now: () => number, onStep: (step: Step) => void): Steps {
  const steps = new Map<string, Step>();
  let changes = 0;
  const set = (step: Step) => {
    steps.set(step.id, step);
    onStep(step);
  };
  return {
    during: async (id, work, ends) => {
      const startedAt = now();
      const took = () => (now() - startedAt) / 1000;
      set({ id, title: id, state: 'running', seconds: null, says: '' });
      try {
        const result = await work();
        const { hasChanged = false, ...end } = ends(result);
        changes += hasChanged ? 1 : 0;
        set({ id, title: id, seconds: took(), ...end });
        return result;
      } catch (error) {
        set({
          id,
          title: id,
          state: 'failed',
          seconds: took(),
          says: error instanceof Error ? error.message : String(error),
        });
        throw error;
      }
    },
    hear: (line) => {
      if (line.startsWith(END)) changes += readChanges(line.slice(END.length));
      if (!line.startsWith(STEP)) return line.startsWith(END);
      const step = readStep(line.slice(STEP.length));
      if (step !== undefined) set(step);
      return true;
    },
    list: () => [...steps.values()],
    hasChanged: () => changes > 0,
  };
}

/** What another host says is looked at before it is believed. */
function readStep(text: string): Step | undefined {
  try {
    const { id, title, state, seconds, says } = JSON.parse(text) as Record<string, unknown>;
    if (typeof id !== 'string' || !/^[a-z][a-z0-9_-]{0,40}$/.test(id)) return undefined;
    if (typeof state !== 'string' || !STATES.has(state)) return undefined;
    return {
      id,
      title: typeof title === 'string' && title !== '' ? title.slice(0, MAX_CHARACTERS) : id,
      // Looked up above.
      state: state as StepState,
      seconds: typeof seconds === 'number' && state !== 'running' ? seconds : null,
      says: typeof says === 'string' ? says.slice(0, MAX_CHARACTERS) : '',
    };
  } catch {
    return undefined;
  }
}

/** A dry run tells what it would change. */
function readChanges(text: string): number {
  try {
    const { changes, dry_run: isDryRun } = JSON.parse(text) as Record<string, unknown>;
    return typeof changes === 'number' && isDryRun !== true ? changes : 0;
  } catch {
    return 0;
  }
}
