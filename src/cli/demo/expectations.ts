import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { FAILURE_CLASS_NAMES } from '../../core/failure-class.ts';

/** The example repository and what belongs to it, as shipped. */
export const EXAMPLES_DIR = fileURLToPath(new URL('../../../examples', import.meta.url));

const Expectations = z.object({
  /** Atoms of the client's `@world`. */
  world: z.array(z.string()).min(1),
  /** Targets that cannot be built, with the class that each ends with. */
  deliberate_failures: z.array(z.object({ target: z.string(), class: z.enum(FAILURE_CLASS_NAMES), why: z.string() })),
  /** Targets that wait for ever, and for what. */
  deliberate_waits: z.array(z.object({ target: z.string(), waits_for: z.string(), why: z.string() })),
  /** Settings for single packages, by atom. */
  package_env: z.record(z.string(), z.record(z.string(), z.string())),
  /** A program of the world, and what it prints when everything below it was built right. */
  proof: z.object({ program: z.string(), prints: z.string() }),
});

/** What the demo builds and how it must end. */
export type Expectations = z.infer<typeof Expectations>;

/** The expectations of `examples/demo.json`, without the deliberate failures if they are not wanted. */
export async function readExpectations({ withFailures }: { withFailures: boolean }): Promise<Expectations> {
  const all = Expectations.parse(JSON.parse(await readFile(join(EXAMPLES_DIR, 'demo.json'), 'utf8')));
  return withFailures ? all : { ...all, deliberate_failures: [], deliberate_waits: [] };
}
