import { createLogUpdate } from 'log-update';
import type { Step } from '../../fleet/steps.ts';
import type { Terminal } from '../frame/terminal.ts';
import { cut, duration, oneLine } from '../output/text.ts';
import { tookText } from '../output/times.ts';

/** The steps of one or more hosts as they go on: those that ended stay, those that run are at the bottom. */
export type StepView = {
  readonly hear: (host: string, step: Step) => void;
  /** A line between them. */
  readonly say: (line: string) => void;
  /** Nothing is drawn until `resume`: somebody is being asked. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Take away what is not to stay. */
  readonly done: () => void;
};

type Running = { readonly host: string; readonly step: Step; readonly since: number };

const FRAME_MS = 200;
const STATE_WIDTH = 9;
const TITLE_WIDTH = 16;

/** On standard error; where that is no terminal, a line for each step when it has ended. */
export function startStepView(terminal: Terminal, hosts: readonly string[]): StepView {
  const isLive = terminal.showsProgress && !terminal.isVerbose;
  const draw = isLive ? createLogUpdate(process.stderr, { showCursor: true }) : undefined;
  const running = new Map<string, Running>();
  const hostWidth = hosts.length > 1 ? Math.max(...hosts.map(({ length }) => length)) + 2 : 0;
  let isPaused = false;
  let held: string[] = [];
  const redraw = () => {
    if (isPaused || draw === undefined) return;
    draw([...running.values()].map((each) => runningLine(each, { terminal, hostWidth })).join('\n'));
  };
  const say = (line: string) => {
    if (isPaused) return void held.push(line);
    draw?.clear();
    terminal.tell(line);
    redraw();
  };
  const timer = setInterval(redraw, FRAME_MS);
  timer.unref();
  return {
    hear: (host, step) => {
      if (step.state === 'running') {
        running.set(host, { host, step, since: performance.now() });
        redraw();
        return;
      }
      running.delete(host);
      say(endedLine(host, step, { terminal, hostWidth }));
    },
    say,
    pause: () => {
      draw?.clear();
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
      const lines = held;
      held = [];
      lines.forEach(say);
    },
    done: () => {
      clearInterval(timer);
      draw?.clear();
      draw?.done();
    },
  };
}

type Frame = { readonly terminal: Terminal; readonly hostWidth: number };

function endedLine(host: string, { title, state, seconds, says }: Step, { terminal, hostWidth }: Frame): string {
  const { style, width } = terminal;
  const paint = { done: style.green, failed: style.red, unchanged: style.dim, skipped: style.dim, running: style.cyan };
  const head = `  ${host.slice(0, hostWidth).padEnd(hostWidth).slice(0, hostWidth)}`;
  const tail = `  ${oneLine(title).padEnd(TITLE_WIDTH)}  ${tookText(seconds).padStart(6)}  ${oneLine(says)}`.trimEnd();
  const room = Math.max(20, width - head.length - STATE_WIDTH);
  // A failure is told in full below.
  return `${head}${paint[state](state.padEnd(STATE_WIDTH))}${cut(tail, room, style.signs.more)}`;
}

function runningLine({ host, step, since }: Running, { terminal, hostWidth }: Frame): string {
  const { style } = terminal;
  const head = `  ${host.padEnd(hostWidth).slice(0, hostWidth)}${'running'.padEnd(STATE_WIDTH)}`;
  const line = `${head}  ${oneLine(step.title).padEnd(TITLE_WIDTH)}  ${duration(performance.now() - since).padStart(6)}`;
  return cut(line, (process.stderr.columns || 80) - 1, style.signs.more);
}
