import type { FailureClass } from './failure-class.ts';
import type { AttemptId, DroneId } from './ids.ts';

/** All that a build is made from, as far as the swarm knows it. Order does not matter in any list. */
export type Recipe = {
  readonly cpv: string;
  readonly repository: string;
  /** USE flags that are on. */
  readonly use: readonly string[];
  /** Hash of the ebuild with what it inherits, or another name of the tree's revision; null where nobody knows. */
  readonly source: string | null;
  /** Hash of the Portage settings of the target; null where nobody knows. */
  readonly settings: string | null;
  /** What it is built against: the closure of its build dependencies, each with its published build. */
  readonly closure: readonly { readonly cpv: string; readonly build: string | null }[];
};

/** A failure of one recipe on one drone. */
export type RecipeFailure = {
  readonly droneId: DroneId;
  readonly failureClass: FailureClass;
  readonly firstError: string | null;
  readonly isGuess: boolean;
};

/** A recipe that fails wherever it is tried. */
export type CachedFailure = {
  /** Hash of `recipeText`. */
  readonly recipe: string;
  readonly cpv: string;
  readonly failureClass: FailureClass;
  readonly firstError: string | null;
  readonly attempt: AttemptId;
  /** Different drones that have failed it. */
  readonly drones: number;
  readonly failedAt: number;
};

/** A failure of a recipe as it is kept until it proves something. */
export type NotedFailure = RecipeFailure & {
  readonly recipe: string;
  readonly cpv: string;
  readonly attempt: AttemptId;
  readonly at: number;
};

/** What the store has to offer for it; keyed by `recipe`, later failures replace earlier ones. */
export type CachedFailures = {
  find(recipe: string): Promise<CachedFailure | undefined>;
  /** Which of these have a recipe that is known to fail: of all others no recipe need be made. */
  knownAmong(cpvs: readonly string[]): Promise<ReadonlySet<string>>;
  /** Keep a failure, and say all that are kept of its recipe, oldest first. */
  note(failure: NotedFailure): Promise<readonly RecipeFailure[]>;
  remember(failure: CachedFailure): Promise<void>;
  /** An operator wants it tried again: of one package, or of all. Says how many were forgotten. */
  forget(cpv: string | null): Promise<number>;
};

/**
 * The recipe in one text: equal for equal recipes and different for different ones, whatever the order of
 * their lists. To be hashed by the caller, since it names every package of the closure.
 */
export function recipeText({ cpv, repository, use, source, settings, closure }: Recipe): string {
  const built = closure.map((each) => `${each.cpv} ${each.build ?? '-'}`);
  return JSON.stringify([cpv, repository, source, settings, sorted(use), sorted(built)]);
}

/** Classes that come from the recipe alone, where time, network and the drone have no part in it. */
const DETERMINISTIC: ReadonlySet<FailureClass> = new Set([
  ...(['unpack', 'patch', 'configure', 'compile', 'test', 'install', 'qa', 'sandbox', 'collision'] as const),
]);

/**
 * Whether these failures of one recipe prove that it fails for good: two different drones failed it in the
 * same way; or, where no other drone can try, the same drone twice with the same first error. Two errors are
 * the same if they differ in numbers and paths only. A class that was guessed proves nothing.
 */
export function isProvenFailure(failures: readonly RecipeFailure[], canOthersTry: boolean): boolean {
  const telling = failures.filter(({ failureClass, isGuess }) => DETERMINISTIC.has(failureClass) && !isGuess);
  const latest = telling.at(-1);
  if (latest === undefined) return false;
  const alike = telling.filter(({ failureClass }) => failureClass === latest.failureClass);
  if (new Set(alike.map(({ droneId }) => droneId)).size >= 2) return true;
  const error = essenceOf(latest.firstError);
  return !canOthersTry && error !== null && alike.filter((each) => essenceOf(each.firstError) === error).length >= 2;
}

/** What is done with a package before it is handed out. */
export type CacheDecision = { readonly kind: 'try' } | { readonly kind: 'fail'; readonly reason: string };

/** A recipe that is known to fail is not tried again, unless an operator asked for it (`isForced`). */
export function decideByCache(cached: CachedFailure | undefined, isForced: boolean): CacheDecision {
  if (cached === undefined || isForced) return { kind: 'try' };
  const { failureClass, firstError, attempt, drones } = cached;
  const where = drones === 1 ? 'a drone' : `${drones} drones`;
  const why = firstError === null ? '' : `: ${firstError}`;
  return { kind: 'fail', reason: `${failureClass}, as on ${where} with the same inputs (attempt ${attempt})${why}` };
}

/** Without what differs between drones and runs: paths, numbers, addresses. */
function essenceOf(error: string | null): string | null {
  return error === null
    ? null
    : error
        .replace(/(^|[\s'"`(])\/\S+\//g, '$1')
        .replace(/\b0x[0-9a-f]+\b|\d+/gi, '#')
        .replace(/\s+/g, ' ');
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
