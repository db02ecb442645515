import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { QueueRow } from '../../live/swarm-state.ts';
import { useIsLive } from '../../live/use-swarm.ts';
import { Explanation } from '../../swarm/explanation.tsx';
import { PackageLink } from '../../swarm/package-link.tsx';
import { useExplanation } from '../../swarm/use-explanation.ts';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Failure, Skeleton } from '../../ui/notice.tsx';
import { Pill } from '../../ui/pill.tsx';
import styles from './queue.module.css';
import { stateOf } from './queue-rows.ts';
import type { QueueActions } from './use-queue-actions.ts';

type Props = {
  /** Number of the row. */
  readonly id: number;
  readonly row: QueueRow | undefined;
  readonly actions: QueueActions;
  readonly onClose: () => void;
};

/** One package of the queue: why it is where it is, and what can be done about it. */
export function WhyPanel({ id, row, actions, onClose }: Props) {
  const version = row === undefined ? '' : `${row.status} ${row.ready} ${row.attempt} ${row.bump}`;
  const isPast = !useIsLive();
  const { data, error, refetch } = useExplanation({ package: String(id), version, isOff: isPast });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isInDialog = event.target instanceof Element && event.target.closest('[role$="dialog"], input') !== null;
      if (event.key === 'Escape' && !isInDialog && !event.defaultPrevented) onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
  const name = (row?.package ?? data?.package ?? '').replace(/^=/, '');
  return (
    <aside className={styles['panel']} aria-label={`Why: ${name}`}>
      <header className={styles['panelHead']}>
        <h2 className={styles['panelTitle']}>
          {name === '' ? <Skeleton width="12rem" /> : <PackageLink atom={name} />}
        </h2>
        <Button look="ghost" small onClick={onClose} title="Close (Escape)">
          <Icon name="close" />
          <span className="visually-hidden">Close</span>
        </Button>
      </header>
      {row === undefined ? null : <Deeds row={row} actions={actions} onClose={onClose} />}
      <div className={styles['panelBody']}>
        {isPast ? (
          <AsItStood row={row} />
        ) : data !== undefined ? (
          <Explanation explained={data} />
        ) : error === null ? (
          <Skeleton height="12rem" />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )}
      </div>
    </aside>
  );
}

/** What is known of an earlier moment; the whole explanation is made for now only. */
function AsItStood({ row }: { readonly row: QueueRow | undefined }) {
  if (row === undefined) return <p className="dim">It was not in the queue then.</p>;
  return (
    <>
      {row.waiting_on.length === 0 ? null : (
        <>
          <p className="dim">It waited for</p>
          <ul>
            {row.waiting_on.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </>
      )}
      {row.reason === null ? null : <p>{row.reason}</p>}
      <p className="dim">Why a package stands as it does is explained in full for now only.</p>
    </>
  );
}

type DeedsProps = { readonly row: QueueRow; readonly actions: QueueActions; readonly onClose: () => void };

const STEP = 10;
const TOP = 100;

function Deeds({ row, actions, onClose }: DeedsProps) {
  const isBusy = actions.progress !== undefined;
  const bumpTo = (bump: number) => void actions.prioritise([row], Math.max(-TOP, Math.min(TOP, bump)));
  return (
    <div className={styles['deeds']} role="group" aria-label="What can be done">
      <Pill state={stateOf(row)} />
      {row.bump === 0 ? null : <span className="dim">priority {row.bump}</span>}
      {row.attempt === null ? null : (
        <Link to="/builds/$attempt" params={{ attempt: String(row.attempt) }}>
          Log
        </Link>
      )}
      <Copy text={row.package} label="Copy name" />
      {row.status === 'blocked' || row.status === 'failed' ? (
        <Button deed small look="primary" busy={isBusy} onClick={() => void actions.unblock([row])}>
          Unblock
        </Button>
      ) : null}
      {row.status === 'received' ? null : (
        <>
          <Button
            deed
            small
            busy={isBusy}
            onClick={() => bumpTo(row.bump + STEP)}
            title={`Priority ${row.bump + STEP}`}
          >
            Sooner
          </Button>
          <Button
            deed
            small
            busy={isBusy}
            onClick={() => bumpTo(row.bump - STEP)}
            title={`Priority ${row.bump - STEP}`}
          >
            Later
          </Button>
          <Button
            deed
            small
            look="danger"
            busy={isBusy}
            onClick={() => void actions.remove([row]).then((isDone) => (isDone ? onClose() : undefined))}
          >
            Remove…
          </Button>
        </>
      )}
    </div>
  );
}
