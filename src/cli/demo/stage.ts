import { createLogUpdate } from 'log-update';
import { type Style, styleOf } from '../output/style.ts';
import { cut, duration } from '../output/text.ts';

/** Where the demo tells what it does: redrawn on a terminal, a line for each event elsewhere. */
export type Stage = {
  readonly style: Style;
  /** Whether `draw` does anything. */
  readonly isLive: boolean;
  readonly width: () => number;
  readonly height: () => number;
  /** A line that stays. */
  print(line: string): void;
  /** Replaces what was drawn before. */
  draw(text: string): void;
  /** Nothing is shown any more: what still runs is being ended. */
  mute(): void;
  /** Takes away what is drawn; what is printed from now on starts there. */
  clear(): void;
  /** Runs one step of the set-up, showing its title, what it says and how long it took. */
  step<T>(title: string, work: (report: Report) => Promise<Told<T>>): Promise<T>;
};

export type Report = {
  /** What is being done at the moment. */
  readonly now: (message: string) => void;
  /** What should stay to be read: what is installed, and why. */
  readonly note: (message: string) => void;
};

/** The result of a step, and what is said about it. */
export type Told<T> = readonly [result: T, summary: string];

const TITLE_WIDTH = 14;

/** Columns and rows of a terminal that does not tell. */
const COLUMNS = 80;
const ROWS = 24;

export function openStage(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Stage {
  const style = styleOf(stream, env);
  const isLive = stream.isTTY === true && env['TERM'] !== 'dumb';
  const update = createLogUpdate(stream);
  const state = { isMute: false };
  const width = () => (isLive ? stream.columns || COLUMNS : COLUMNS);
  const clear = () => {
    if (isLive) update.clear();
    if (isLive) update.done();
  };
  const print = (line: string) => {
    if (state.isMute) return;
    clear();
    stream.write(`${line}\n`);
  };
  const draw = (text: string) => {
    if (isLive && !state.isMute) update(text);
  };
  return {
    style,
    isLive,
    width,
    height: () => (isLive ? stream.rows || ROWS : ROWS),
    print,
    draw,
    mute: () => {
      state.isMute = true;
    },
    clear,
    step: async (title, work) => {
      const startedAt = Date.now();
      const line = (sign: string, text: string) => `  ${sign} ${style.bold(title.padEnd(TITLE_WIDTH))} ${text}`;
      const room = () => width() - TITLE_WIDTH - 6;
      const roomForSummary = (took: string) => (isLive ? room() - took.length : Number.POSITIVE_INFINITY);
      draw(line(style.cyan(style.signs.waiting), style.signs.more));
      const now = (message: string) =>
        isLive
          ? draw(line(style.cyan(style.signs.waiting), cut(message, room(), style.signs.more)))
          : print(`    ${message}`);
      const note = (message: string) => {
        print(message.replaceAll(/^/gm, '    '));
        now(style.signs.more);
      };
      const [result, summary] = await work({ now, note: isLive ? note : now });
      const tookMs = Date.now() - startedAt;
      const took = tookMs < 500 ? '' : ` (${duration(tookMs)})`;
      print(
        line(style.green(style.signs.done), cut(summary, roomForSummary(took), style.signs.more) + style.dim(took)),
      );
      return result;
    },
  };
}
