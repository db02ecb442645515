import type { CachedFailure, CachedFailures, RecipeFailure } from '../../core/cached-failure.ts';
import type { FailureClass } from '../../core/failure-class.ts';
import type { Write } from './group-commit.ts';
import type { Connection } from './open.ts';
import { toMs, toSeconds } from './rows.ts';

/** Recipes that failed, and those that are proven to fail. */
export function makeCachedFailures(connection: Connection, write: Write): CachedFailures {
  const find = makeFind(connection);
  const known = connection
    .prepare<[string], string>('SELECT cpv FROM failed_recipes WHERE cpv IN (SELECT value FROM json_each(?))')
    .pluck();
  const remember = makeRemember(connection);
  const note = makeNote(connection);
  const forget = makeForgetRecipes(connection);
  const isAny = connection.prepare<[], 1>('SELECT 1 FROM failed_recipes LIMIT 1').pluck();
  return {
    find: async (recipe) => find(recipe),
    knownAmong: async (cpvs) => new Set(isAny.get() === undefined ? [] : known.all(JSON.stringify(cpvs))),
    note: (failure) => write(() => note(failure)),
    remember: (failure) => write(() => remember(failure)),
    forget: (cpv) => write(() => forget(cpv === null ? null : [cpv])),
  };
}

/** Forget what failed of these versions, or of all, within the caller's transaction; says how many were proven. */
export function makeForgetRecipes(connection: Connection): (cpvs: readonly (string | null)[] | null) => number {
  const where = 'cpv IN (SELECT value FROM json_each(@cpvs)) OR @cpvs IS NULL';
  const proven = connection.prepare<{ cpvs: string | null }>(`DELETE FROM failed_recipes WHERE ${where}`);
  const noted = connection.prepare<{ cpvs: string | null }>(`DELETE FROM recipe_failures WHERE ${where}`);
  return (cpvs) => {
    const names = { cpvs: cpvs === null ? null : JSON.stringify(cpvs) };
    noted.run(names);
    return proven.run(names).changes;
  };
}

function makeFind(connection: Connection): (recipe: string) => CachedFailure | undefined {
  type Row = {
    cpv: string;
    failure_class: FailureClass;
    first_error: string | null;
    attempt: number;
    drones: number;
    failed_at: number;
  };
  const find = connection.prepare<[string], Row>('SELECT * FROM failed_recipes WHERE recipe = ?');
  return (recipe) => {
    const row = find.get(recipe);
    if (row === undefined) return undefined;
    const { cpv, failure_class: failureClass, first_error: firstError, attempt, drones } = row;
    return { recipe, cpv, failureClass, firstError, attempt, drones, failedAt: toMs(row.failed_at) };
  };
}

function makeRemember(connection: Connection): (failure: CachedFailure) => void {
  const insert = connection.prepare(
    `INSERT INTO failed_recipes (recipe, cpv, failure_class, first_error, attempt, drones, failed_at)
     VALUES (@recipe, @cpv, @failureClass, @firstError, @attempt, @drones, @at)
     ON CONFLICT (recipe) DO UPDATE SET failure_class = @failureClass, first_error = @firstError, attempt = @attempt,
       drones = @drones, failed_at = @at`,
  );
  return ({ failedAt, ...failure }) => void insert.run({ ...failure, at: toSeconds(failedAt) });
}

/** Of one recipe no more is kept: two are enough to prove it. */
const KEPT = 20;

function makeNote(connection: Connection): (failure: Parameters<CachedFailures['note']>[0]) => RecipeFailure[] {
  type Row = { drone_id: string; failure_class: FailureClass; first_error: string | null; guess: 0 | 1 };
  const insert = connection.prepare(
    `INSERT INTO recipe_failures (attempt, recipe, cpv, drone_id, failure_class, first_error, guess, failed_at)
     VALUES (@attempt, @recipe, @cpv, @droneId, @failureClass, @firstError, @guess, @at)
     ON CONFLICT (attempt) DO NOTHING`,
  );
  const trim = connection.prepare<{ recipe: string }>(
    `DELETE FROM recipe_failures WHERE recipe = @recipe AND attempt NOT IN
       (SELECT attempt FROM recipe_failures WHERE recipe = @recipe ORDER BY attempt DESC LIMIT ${KEPT})`,
  );
  const all = connection.prepare<[string], Row>('SELECT * FROM recipe_failures WHERE recipe = ? ORDER BY attempt');
  return ({ at, isGuess, ...failure }) => {
    insert.run({ ...failure, guess: isGuess ? 1 : 0, at: toSeconds(at) });
    trim.run({ recipe: failure.recipe });
    return all.all(failure.recipe).map((row) => ({
      droneId: row.drone_id,
      failureClass: row.failure_class,
      firstError: row.first_error,
      isGuess: row.guess === 1,
    }));
  };
}
