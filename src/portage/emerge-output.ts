import { plainLine } from './log-text.ts';

/** The steps in the life of a package, in their order; `merge` puts it into the root. */
export type BuildPhase =
  | 'pretend'
  | 'setup'
  | 'unpack'
  | 'prepare'
  | 'configure'
  | 'compile'
  | 'test'
  | 'install'
  | 'package'
  | 'merge';

/** Where a run of emerge is: which package of how many, and what is done with it. */
export type BuildProgress = {
  readonly cpv: string | null;
  /** The n and m of `(n of m)`; zero before the first package. */
  readonly index: number;
  readonly total: number;
  /** Whether the package comes as a binary. */
  readonly isBinary: boolean;
  readonly phase: BuildPhase | null;
  /** Packages merged so far. */
  readonly completed: number;
  readonly failed: readonly { readonly cpv: string; readonly phase: string | null }[];
};

export type BuildEvent =
  | {
      readonly kind: 'package';
      readonly cpv: string;
      readonly index: number;
      readonly total: number;
      readonly isBinary: boolean;
    }
  | { readonly kind: 'phase'; readonly cpv: string | null; readonly phase: BuildPhase }
  | { readonly kind: 'completed'; readonly cpv: string; readonly index: number; readonly total: number }
  | { readonly kind: 'died'; readonly cpv: string; readonly phase: string }
  | { readonly kind: 'failed'; readonly cpv: string };

export type BuildOutputParser = {
  /** The next piece of output, cut anywhere; what its whole lines tell. */
  readonly push: (piece: Uint8Array | string) => BuildEvent[];
  /** The output has ended: what a last line without line end tells. */
  readonly finish: () => BuildEvent[];
  readonly progress: () => BuildProgress;
};

// Nothing that emerge itself prints on one line is longer.
const MAX_LINE_LENGTH = 4096;

const NOTHING_YET: BuildProgress = {
  ...{ cpv: null, index: 0, total: 0, isBinary: false, phase: null, completed: 0, failed: [] },
};

/**
 * Follows what emerge prints while it builds or installs (Portage 3.0.60 and later), from bytes as
 * they come. Takes invalid UTF-8, colours, bare carriage returns and lines of any length; holds one
 * line at most. With `--quiet-build` or several jobs the phases are not printed, so that only
 * packages are seen.
 */
export function createBuildOutputParser(): BuildOutputParser {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let progress = NOTHING_YET;
  const take = (lines: readonly string[]): BuildEvent[] => {
    return lines.flatMap((line) => {
      const events = readLine(plainLine(line), progress.cpv);
      progress = events.reduce(advance, progress);
      return events;
    });
  };
  return {
    push: (piece) => {
      const text = rest + (typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true }));
      const lines = text.split(/\r\n|\n|\r/);
      rest = (lines.pop() ?? '').slice(0, MAX_LINE_LENGTH);
      return take(lines);
    },
    finish: () => {
      const last = rest + decoder.decode();
      rest = '';
      return take([last]);
    },
    progress: () => progress,
  };
}

const PHASE_LINES: readonly (readonly [RegExp, BuildPhase])[] = [
  [/^>>> Running pre-merge checks for (\S+)/, 'pretend'],
  [/^>>> (?:Unpacking source|Extracting \S+\/)/, 'unpack'],
  [/^>>> Preparing source in /, 'prepare'],
  [/^>>> Configuring source in /, 'configure'],
  [/^>>> Compiling source in /, 'compile'],
  [/^>>> Test phase: (\S+)/, 'test'],
  [/^>>> Install (\S+) into /, 'install'],
  [/^>>> Creating binpkg/, 'package'],
];
const COUNTED = /^>>> (Emerging|Emerging binary|Installing|Completed) \((\d+) of (\d+)\) ([^\s:]+)/;
const DIED = /^ \* ERROR: ([^\s:]+)\S* failed \((\w+) phase\)/;
const FAILED = /^>>> Failed to (?:emerge|install) ([^\s,]+),/;

function readLine(line: string, current: string | null): BuildEvent[] {
  if (line.startsWith('>>> ')) return readCounted(line) ?? readFailed(line) ?? readPhase(line, current);
  const [, cpv, phase] = DIED.exec(line) ?? [];
  return cpv === undefined || phase === undefined ? [] : [{ kind: 'died', cpv, phase }];
}

function readCounted(line: string): BuildEvent[] | undefined {
  const [, verb, n, m, cpv] = COUNTED.exec(line) ?? [];
  if (verb === undefined || cpv === undefined) return undefined;
  const [index, total] = [Number(n), Number(m)];
  if (verb === 'Completed') return [{ kind: 'completed', cpv, index, total }];
  if (verb === 'Installing') return [{ kind: 'phase', cpv, phase: 'merge' }];
  return [
    { kind: 'package', cpv, index, total, isBinary: verb === 'Emerging binary' },
    { kind: 'phase', cpv, phase: 'setup' },
  ];
}

function readFailed(line: string): BuildEvent[] | undefined {
  const [, cpv] = FAILED.exec(line) ?? [];
  return cpv === undefined ? undefined : [{ kind: 'failed', cpv }];
}

function readPhase(line: string, current: string | null): BuildEvent[] {
  for (const [pattern, phase] of PHASE_LINES) {
    const match = pattern.exec(line);
    if (match !== null) return [{ kind: 'phase', cpv: match[1] ?? current, phase }];
  }
  return [];
}

function advance(progress: BuildProgress, event: BuildEvent): BuildProgress {
  switch (event.kind) {
    case 'package': {
      const { cpv, index, total, isBinary } = event;
      return { ...progress, cpv, index, total, isBinary };
    }
    case 'phase':
      return { ...progress, cpv: event.cpv, phase: event.phase };
    case 'completed':
      return { ...progress, completed: progress.completed + 1 };
    case 'died':
    case 'failed':
      return { ...progress, failed: withFailure(progress.failed, event) };
  }
}

/** Portage tells the same failure several times: where it happened, in the summary, and as the end of the package. */
function withFailure(
  failed: BuildProgress['failed'],
  event: BuildEvent & { kind: 'died' | 'failed' },
): BuildProgress['failed'] {
  const phase = event.kind === 'died' ? event.phase : null;
  const known = failed.find(({ cpv }) => cpv === event.cpv);
  if (known === undefined) return [...failed, { cpv: event.cpv, phase }];
  return failed.map((one) => (one === known ? { ...one, phase: one.phase ?? phase } : one));
}
