import { confirm } from '../frame/confirm.ts';
import type { Terminal } from '../frame/terminal.ts';
import { type Progress, startProgress } from '../output/progress.ts';
import type { StepView } from './step-view.ts';

/** Questions while several hosts are worked on: one at a time, and nothing is drawn over them. */
export type Asking = {
  readonly canAsk: boolean;
  /** @throws SwarmError NOT_CONFIRMED where nobody can be asked */
  readonly confirm: (consequence: string, question: string, yes?: boolean) => Promise<boolean>;
};

export function createAsking(terminal: Terminal, view: Pick<StepView, 'pause' | 'resume'>): Asking {
  let last: Promise<unknown> = Promise.resolve();
  return {
    canAsk: terminal.canAsk,
    confirm: (consequence, question, yes) => {
      const asked = last.then(async () => {
        view.pause();
        try {
          return await confirm(consequence, { terminal, yes, question });
        } finally {
          view.resume();
        }
      });
      last = asked.catch(() => undefined);
      return asked;
    },
  };
}

/** Questions beside one line of progress, which goes away for good when the first is asked. */
export function askingBeside(terminal: Terminal): {
  readonly asking: Asking;
  readonly progress: (text: string) => Progress;
} {
  const lines: Progress[] = [];
  const pause = () => {
    for (const line of lines.splice(0)) line.done();
  };
  return {
    asking: createAsking(terminal, { pause, resume: () => {} }),
    progress: (text) => {
      const line = startProgress(terminal, text);
      lines.push(line);
      return line;
    },
  };
}
