import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BuildOrder } from '../contract/drone-protocol.ts';
import { CONFIDENCES } from '../core/build-facts.ts';
import { FAILURE_CLASS_NAMES } from '../core/failure-class.ts';
import type { AttemptId } from '../core/ids.ts';
import { writeWhole } from '../platform/whole-file.ts';

const Report = z.object({
  status: z.enum(['success', 'failed', 'returned', 'upload_failed']),
  failure_class: z.enum(FAILURE_CLASS_NAMES).optional(),
  phase: z.string().nullable(),
  error_detail: z.string(),
  build_duration_s: z.number().nonnegative(),
  first_error: z.string().nullish(),
  first_error_line: z.number().int().positive().nullish(),
  excerpt: z.string().nullish(),
  confidence: z.enum(CONFIDENCES).nullish(),
  conclusion: z.string().nullish(),
  peak_memory_mb: z.number().nonnegative().nullish(),
  disk_mb: z.number().nonnegative().nullish(),
  cpu_s: z.number().nonnegative().nullish(),
});

const Result = z.object({
  path: z.string(),
  sha256: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  format: z.enum(['gpkg', 'xpak']),
});

const granted = {
  format: z.literal(1),
  attempt: z.number().int().positive(),
  package: z.string(),
  order: BuildOrder,
  grantedAtMs: z.number(),
};

/**
 * What a drone knows of an attempt, in a file, so that a drone that is killed can go on:
 *
 *   granted ──► built ──► uploaded ──► (told, and forgotten)
 *      │          │                        ▲
 *      └──────────┴────► failed ───────────┘
 */
const Journal = z.discriminatedUnion('state', [
  z.object({
    ...granted,
    state: z.literal('granted'),
    /** The leader of the process group that works on it. */
    process: z.object({ pid: z.number().int().positive(), startTime: z.string(), bootId: z.string() }).optional(),
  }),
  z.object({ ...granted, state: z.literal('built'), result: Result, report: Report }),
  z.object({ ...granted, state: z.literal('uploaded'), result: Result, report: Report }),
  z.object({ ...granted, state: z.literal('failed'), result: Result.optional(), report: Report }),
]);

export type Journal = z.infer<typeof Journal>;
export type GrantedJournal = Extract<Journal, { state: 'granted' }>;
/** An attempt that is over for the builder, and that the control plane has to be told of. */
export type EndedJournal = Exclude<Journal, GrantedJournal>;
export type BuildReport = z.infer<typeof Report>;
export type BuildResult = z.infer<typeof Result>;

/** The journals of a drone: one directory for each attempt that is not told and forgotten yet. */
export type Spool = {
  /** Resolves when it is on the disk. */
  write(journal: Journal): Promise<void>;
  /** Forget an attempt, with its log and its package. */
  remove(attempt: AttemptId): Promise<void>;
  /** What an earlier drone left, oldest first. What cannot be read is forgotten: it is handed out again. */
  readAll(): Promise<Journal[]>;
  logFile(attempt: AttemptId): string;
  /** Where emerge puts the binary packages of this attempt (PKGDIR). */
  packageDir(attempt: AttemptId): string;
};

export function openSpool(stateDir: string): Spool {
  const attempts = join(stateDir, 'attempts');
  const directory = (attempt: AttemptId | string) => join(attempts, String(attempt));
  const remove = (attempt: AttemptId | string) => rm(directory(attempt), { recursive: true, force: true });
  return {
    write: async (journal) => {
      await mkdir(directory(journal.attempt), { recursive: true });
      await writeWhole(join(directory(journal.attempt), 'journal.json'), JSON.stringify(journal));
    },
    remove,
    readAll: async () => {
      const journals: Journal[] = [];
      for (const name of await readdir(attempts)) {
        const journal = await readJournal(join(directory(name), 'journal.json'));
        if (journal === undefined) await remove(name);
        else journals.push(journal);
      }
      return journals.sort((one, other) => one.attempt - other.attempt);
    },
    logFile: (attempt) => join(directory(attempt), 'build.log'),
    packageDir: (attempt) => join(directory(attempt), 'binpkgs'),
  };
}

async function readJournal(path: string): Promise<Journal | undefined> {
  try {
    return Journal.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
