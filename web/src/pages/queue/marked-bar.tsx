import { useState } from 'react';
import type { QueueRow } from '../../live/swarm-state.ts';
import { Meter } from '../../ui/bar.tsx';
import { Button } from '../../ui/button.tsx';
import { count, number } from '../../ui/format.ts';
import styles from './queue.module.css';
import type { QueueActions } from './use-queue-actions.ts';

type Props = {
  readonly shown: number;
  readonly total: number;
  readonly marked: readonly QueueRow[];
  readonly actions: QueueActions;
  readonly onUnmark: () => void;
};

const TOP_BUMP = 100;

/** How many are shown; what can be done to those that are marked; how far that is. */
export function MarkedBar({ shown, total, marked, actions, onUnmark }: Props) {
  const [bump, setBump] = useState(10);
  const { progress } = actions;
  return (
    <div className={styles['marked']} aria-live="polite">
      {progress !== undefined ? (
        <>
          <span>
            {progress.says}: {number(progress.through)} of {number(progress.of)}
          </span>
          <span className={styles['progress']}>
            <Meter label={progress.says} share={progress.through / Math.max(1, progress.of)} />
          </span>
          <Button small onClick={actions.stop}>
            Stop
          </Button>
        </>
      ) : marked.length === 0 ? (
        <span className="dim">
          {shown === total ? count(total, 'package') : `${number(shown)} of ${count(total, 'package')}`}
        </span>
      ) : (
        <>
          <span>{number(marked.length)} marked</span>
          <Button deed small onClick={() => void actions.unblock(marked)}>
            Unblock
          </Button>
          <span className={styles['bump']}>
            <label className="dim" htmlFor="bump">
              Priority
            </label>
            <input
              id="bump"
              type="number"
              min={-TOP_BUMP}
              max={TOP_BUMP}
              value={bump}
              onChange={(event) => setBump(Math.max(-TOP_BUMP, Math.min(TOP_BUMP, Number(event.target.value))))}
            />
            <Button deed small onClick={() => void actions.prioritise(marked, bump)}>
              Prioritise
            </Button>
          </span>
          <Button
            deed
            small
            look="danger"
            onClick={() => void actions.remove(marked).then((isDone) => (isDone ? onUnmark() : undefined))}
          >
            Remove…
          </Button>
          <Button small look="ghost" onClick={onUnmark}>
            Unmark
          </Button>
        </>
      )}
    </div>
  );
}
