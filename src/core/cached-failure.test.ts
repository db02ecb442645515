import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CachedFailure,
  decideByCache,
  isProvenFailure,
  type Recipe,
  type RecipeFailure,
  recipeText,
} from './cached-failure.ts';

const RECIPE: Recipe = {
  ...{ cpv: 'a/b-1', repository: 'gentoo', use: ['ssl', 'nls'], source: 'tree-1', settings: 'conf-1' },
  closure: [
    { cpv: 'c/d-2', build: '7' },
    { cpv: 'e/f-3', build: null },
  ],
};

const failure = (more: Partial<RecipeFailure> = {}): RecipeFailure => ({
  ...{ droneId: 'one', failureClass: 'compile', firstError: '/w/one/x.c:3: error: no', isGuess: false },
  ...more,
});

test('the order of flags and of dependencies does not matter', () => {
  const turned = { ...RECIPE, use: RECIPE.use.toReversed(), closure: RECIPE.closure.toReversed() };

  expect(recipeText(turned)).toBe(recipeText(RECIPE));
});

test.each<[string, Partial<Recipe>]>([
  ['another version', { cpv: 'a/b-1-r1' }],
  ['another repository', { repository: 'local' }],
  ['another flag', { use: ['ssl'] }],
  ['another tree', { source: 'tree-2' }],
  ['other settings', { settings: null }],
  [
    'a dependency in another version',
    {
      closure: [
        { cpv: 'c/d-3', build: '7' },
        { cpv: 'e/f-3', build: null },
      ],
    },
  ],
  [
    'a dependency that was built again',
    {
      closure: [
        { cpv: 'c/d-2', build: '8' },
        { cpv: 'e/f-3', build: null },
      ],
    },
  ],
  ['a dependency more', { closure: [...RECIPE.closure, { cpv: 'g/h-1', build: null }] }],
])('%s makes it another recipe', (_, change) => {
  expect(recipeText({ ...RECIPE, ...change })).not.toBe(recipeText(RECIPE));
});

test('no two recipes have the same text, whatever is in their words', () => {
  const word = fc.string({ unit: fc.constantFrom('a', ' ', '-', '"', ',', '[', '\n'), maxLength: 4 });
  const words = fc.uniqueArray(word, { maxLength: 3 }).map((each) => each.toSorted());
  const recipe = fc.record({
    ...{ cpv: word, repository: word, use: words, source: fc.option(word), settings: fc.option(word) },
    closure: words.map((each) => each.map((cpv) => ({ cpv: `${cpv}x`, build: null }))),
  });
  fc.assert(
    fc.property(recipe, recipe, (one, other) => {
      expect(recipeText(one) === recipeText(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
  );
});

test.each<[string, RecipeFailure[], boolean, boolean]>([
  ['two drones in the same way', [failure(), failure({ droneId: 'two' })], true, true],
  ['two drones in different ways', [failure(), failure({ droneId: 'two', failureClass: 'test' })], true, false],
  ['one drone twice while others can try', [failure(), failure()], true, false],
  [
    'the only drone twice with the same error',
    [failure(), failure({ firstError: '/w/two/x.c:17: error: no' })],
    false,
    true,
  ],
  [
    'the only drone twice with different errors',
    [failure(), failure({ firstError: 'x.c:3: error: yes' })],
    false,
    false,
  ],
  ['the only drone once', [failure()], false, false],
  ['a guess', [failure({ isGuess: true }), failure({ droneId: 'two', isGuess: true })], true, false],
  [
    'memory that ran out twice',
    [failure({ failureClass: 'oom' }), failure({ droneId: 'two', failureClass: 'oom' })],
    true,
    false,
  ],
  [
    'sources that were not there',
    [failure({ failureClass: 'fetch' }), failure({ droneId: 'two', failureClass: 'fetch' })],
    true,
    false,
  ],
  ['nothing', [], false, false],
])('%s', (_, failures, canOthersTry, isProven) => {
  expect(isProvenFailure(failures, canOthersTry)).toBe(isProven);
});

test('a known failure is not tried again until its inputs change or somebody wants it', () => {
  const cached: CachedFailure = {
    ...{ recipe: 'f00', cpv: 'a/b-1', failureClass: 'compile', firstError: 'x.c:3: error: no' },
    ...{ attempt: 17, drones: 2, failedAt: 0 },
  };

  expect(decideByCache(undefined, false)).toEqual({ kind: 'try' });
  expect(decideByCache(cached, true)).toEqual({ kind: 'try' });
  expect(decideByCache(cached, false)).toEqual({
    kind: 'fail',
    reason: 'compile, as on 2 drones with the same inputs (attempt 17): x.c:3: error: no',
  });
});
