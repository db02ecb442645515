import type { Style } from '../output/style.ts';
import { cut, duration, fit, oneLine } from '../output/text.ts';
import { etaText } from './eta.ts';
import type { DroneLine, FailureLine, Progress, WaitLine } from './progress-model.ts';

/** The space there is to draw in. */
export type Frame = { readonly width: number; readonly height: number; readonly style: Style };

/**
 * The progress as lines of at most `width` columns, at most `height` of them. What does not fit is counted
 * instead of shown; what nobody expected is shown first.
 */
export function renderProgress(progress: Progress, frame: Frame): string[] {
  const top = [...overall(progress, frame), ''];
  const drones = progress.drones.map((drone) => droneLine(drone, frame));
  const unexpected = progress.failures.filter(({ isExpected }) => !isExpected);
  const expected = progress.failures.filter(({ isExpected }) => isExpected);
  const columns = columnsFor(progress, frame);
  const sections = [
    section(
      'Failed',
      unexpected.map((failure) => failureLine(failure, columns, frame)),
      frame,
    ),
    section(
      'Waiting for what failed',
      progress.waits.map((wait) => waitLine(wait, columns, frame)),
      frame,
    ),
    section(
      'Failed, as intended',
      expected.map((failure) => failureLine(failure, columns, frame)),
      frame,
    ),
  ];
  const fixed = [...top, ...shortened(drones, frame.height - top.length, frame)];
  return sections.reduce((lines, added) => [...lines, ...shortened(added, frame.height - lines.length, frame)], fixed);
}

/** Room on both sides of a line; the last column stays free, where some terminals wrap. */
const MARGIN = 2;

function overall(progress: Progress, { width, style }: Frame): string[] {
  const { total, received, failed, stuck } = progress;
  const settled = `${received + failed + stuck}/${total}`;
  const barWidth = Math.max(10, width - 2 * MARGIN - settled.length - 2);
  const times = `${duration(progress.elapsedMs)} so far, ${etaText(progress.eta)}`;
  return [
    `  ${bar(progress, barWidth, style)}  ${style.bold(settled)}`,
    `  ${counts(progress, width - 2 * MARGIN, style)}`,
    `  ${style.dim(cut(times, width - 2 * MARGIN, style.signs.more))}`,
  ];
}

function bar({ total, received, failed, stuck }: Progress, width: number, style: Style): string {
  const columns = (number: number) => (total === 0 ? 0 : Math.round((number / total) * width));
  const good = columns(received);
  const settled = Math.max(good, columns(received + failed + stuck));
  const { full, empty } = style.signs;
  return (
    style.green(full.repeat(good)) +
    style.yellow(full.repeat(settled - good)) +
    style.dim(empty.repeat(width - settled))
  );
}

function counts(progress: Progress, width: number, style: Style): string {
  const parts = [
    [progress.received, 'received', style.green],
    [progress.building, 'building', style.cyan],
    [progress.ready, 'ready', String],
    [progress.waiting, 'waiting', String],
    [progress.failed, 'failed', style.yellow],
    [progress.stuck, 'stuck', style.yellow],
  ] as const;
  const gap = width < 70 ? 2 : 4;
  const plain = parts.map(([number, word]) => `${number} ${word}`).join(' '.repeat(gap));
  if (plain.length > width) return cut(plain, width, style.signs.more);
  return parts
    .map(([number, word, paint]) => (number === 0 ? style.dim(`0 ${word}`) : `${paint(String(number))} ${word}`))
    .join(' '.repeat(gap));
}

const PHASE_WIDTH = 12;
const ELAPSED_WIDTH = 7;

function droneLine(drone: DroneLine, { width, style }: Frame): string {
  const name = fit(drone.name, Math.min(10, Math.max(8, drone.name.length)), style.signs.more);
  if (drone.state !== 'building') {
    const word = drone.state === 'idle' ? style.dim('idle') : style.red(drone.state);
    return `  ${name}  ${word}`;
  }
  const room = width - 2 * MARGIN - name.length - PHASE_WIDTH - ELAPSED_WIDTH - 5;
  const packageName = fit(drone.package, Math.min(room, 44), style.signs.more);
  const phase = fit(drone.phase, PHASE_WIDTH, style.signs.more);
  const elapsed = duration(drone.elapsedMs).padStart(ELAPSED_WIDTH);
  return `  ${style.bold(name)}  ${packageName}  ${style.cyan(phase)} ${style.dim(elapsed)}`;
}

/** Widths of the columns of a table; the last one takes what is left. */
type Columns = { readonly name: number; readonly class: number };

const SHORTEST_REASON = 12;

/** As wide as what is in them, as long as a reason still has room beside them. */
function columnsFor({ failures, waits }: Progress, { width }: Frame): Columns {
  const classWidth = Math.max(0, ...failures.map((failure) => failure.class.length));
  const longest = Math.max(0, ...[...failures, ...waits].map((line) => line.package.length));
  return { name: Math.min(longest, Math.max(20, Math.floor(width * 0.45))), class: classWidth };
}

function failureLine(failure: FailureLine, columns: Columns, { width, style }: Frame): string {
  const { failed, waiting, more } = style.signs;
  const sign = failure.isTriedAgain
    ? style.yellow(waiting)
    : failure.isExpected
      ? style.dim(failed)
      : style.red(failed);
  const name = fit(failure.package, columns.name, more);
  const failureClass = fit(failure.class, columns.class, more);
  const left = width - 2 * MARGIN - columns.name - columns.class - 6;
  const reason = `${failure.isTriedAgain ? 'tried again: ' : ''}${oneLine(failure.reason)}`;
  const shown = left < SHORTEST_REASON ? '' : `  ${style.dim(cut(reason, left, more))}`;
  return `  ${sign} ${name}  ${failure.isExpected ? failureClass : style.red(failureClass)}${shown}`;
}

function waitLine(wait: WaitLine, columns: Columns, { width, style }: Frame): string {
  const { waiting, more } = style.signs;
  const name = fit(wait.package, columns.name, more);
  const reason = cut(`waits for ${wait.waitsFor}`, width - 2 * MARGIN - columns.name - 4, more);
  return `  ${wait.isExpected ? style.dim(waiting) : style.red(waiting)} ${name}  ${style.dim(reason)}`;
}

function section(title: string, lines: readonly string[], { style }: Frame): string[] {
  return lines.length === 0 ? [] : ['', `  ${style.bold(title)} ${style.dim(`(${lines.length})`)}`, ...lines];
}

function shortened(lines: readonly string[], height: number, { style }: Frame): string[] {
  if (lines.length <= height) return [...lines];
  // A title with nothing below it says less than nothing.
  if (height < 3) return [];
  const kept = lines.slice(0, height - 1);
  return [...kept, style.dim(`  ${style.signs.more} and ${lines.length - kept.length} more`)];
}
