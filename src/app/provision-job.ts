import type { Actor } from '../core/actor.ts';
import type { RemoteEnd, RemoteHost } from './provision-ports.ts';

/** What becomes of a job. */
export type JobState = 'running' | 'done' | 'failed' | 'timed_out' | 'stopped';

export type JobStep = { readonly name: string; readonly startedAt: number; readonly endedAt: number | null };

/** A job as one may ask for it. Times are Unix milliseconds. */
export type JobReport = {
  readonly id: string;
  readonly host: RemoteHost;
  /** Of the drone; null where the host's name is taken. */
  readonly name: string | null;
  readonly by: Actor;
  readonly state: JobState;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly exitCode: number | null;
  readonly error: string | null;
  readonly steps: readonly JobStep[];
  /** The last lines of the output. */
  readonly log: readonly string[];
  readonly logDropped: number;
};

/** A job that goes on. */
export type Job = {
  /** Take a line of its output; headings begin a step. */
  hear(line: string, now: number): void;
  /** It ended so; nothing is heard afterwards. */
  end(end: RemoteEnd | { readonly kind: 'broken'; readonly error: string }, now: number): void;
  report(): JobReport;
};

const MAX_LINES = 500;
const MAX_LINE_CHARACTERS = 1_000;
const MAX_STEPS = 50;
const HEADING = /^── \d+\/\d+ (.{1,100}) ──$/;

/** A job that begins now. */
export function createJob(start: Pick<JobReport, 'id' | 'host' | 'name' | 'by' | 'startedAt'>): Job {
  const log: string[] = [];
  const steps: JobStep[] = [];
  let logDropped = 0;
  let ending: Pick<JobReport, 'state' | 'endedAt' | 'exitCode' | 'error'> = UNDER_WAY;
  const endStep = (now: number) => {
    const last = steps.pop();
    if (last !== undefined) steps.push({ ...last, endedAt: last.endedAt ?? now });
  };
  return {
    hear: (line, now) => {
      const name = HEADING.exec(line)?.[1];
      if (name !== undefined && steps.length < MAX_STEPS) {
        endStep(now);
        steps.push({ name, startedAt: now, endedAt: null });
      }
      if (line !== '') log.push(printable(line));
      while (log.length > MAX_LINES) {
        log.shift();
        logDropped += 1;
      }
    },
    end: (end, now) => {
      const outcome = outcomeOf(end, log);
      if (outcome.state === 'done') endStep(now);
      ending = { ...outcome, endedAt: now };
    },
    report: () => ({ ...start, ...ending, steps: [...steps], log: [...log], logDropped }),
  };
}

const UNDER_WAY = { state: 'running', endedAt: null, exitCode: null, error: null } as const;

function outcomeOf(end: Parameters<Job['end']>[0], log: readonly string[]) {
  switch (end.kind) {
    case 'exited':
      return end.exitCode === 0
        ? { state: 'done' as const, exitCode: 0, error: null }
        : { state: 'failed' as const, exitCode: end.exitCode, error: lastComplaint(log) };
    case 'timed-out':
      return {
        state: 'timed_out' as const,
        exitCode: null,
        error: 'took too long; what it had begun may go on there, start it again to look on',
      };
    case 'stopped':
      return { state: 'stopped' as const, exitCode: null, error: 'the control plane was stopped; start it again' };
    case 'no-ssh':
      return { state: 'failed' as const, exitCode: null, error: 'there is no ssh program any more' };
    case 'broken':
      return { state: 'failed' as const, exitCode: null, error: end.error };
  }
}

/** What the script says is wrong, else the last that anybody said. */
function lastComplaint(log: readonly string[]): string {
  const said = log.findLast((line) => line.startsWith('[ERROR] '))?.slice('[ERROR] '.length);
  return said ?? log.at(-1) ?? 'the script ended without a word';
}

/** Output of programs on other hosts is shown to people: no escape sequences, no endless lines. */
function printable(line: string): string {
  return line.replace(/\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f]/g, '').slice(0, MAX_LINE_CHARACTERS);
}
