import { number } from '../../ui/format.ts';
import { useTime } from '../../ui/time.tsx';
import styles from './legend.module.css';
import { KIND_NAMES, MESSAGE_KINDS, type MessageKind, SHAPES } from './message-kinds.ts';
import type { Traffic } from './use-messages.ts';

type Props = {
  readonly hidden: ReadonlySet<MessageKind>;
  readonly traffic: Traffic;
  readonly onToggle: (kind: MessageKind) => void;
};

/** What each sign means, how many there were in the last minute, and whether it is drawn. */
export function Legend({ hidden, traffic, onToggle }: Props) {
  // The counts are of the last minute: they change by themselves.
  useTime();
  return (
    <div
      className={styles['legend']}
      role="group"
      aria-label="Messages that are drawn, with their number in the last minute"
    >
      <span className={styles['title']}>In the last minute</span>
      {KIND_NAMES.map((kind) => {
        const { label, says } = MESSAGE_KINDS[kind];
        return (
          <button
            key={kind}
            type="button"
            className={styles['kind']}
            aria-pressed={!hidden.has(kind)}
            title={says}
            onClick={() => onToggle(kind)}
          >
            <Sign kind={kind} />
            {label}
            <span className={styles['count']}>{number(traffic.count(kind))}</span>
          </button>
        );
      })}
    </div>
  );
}

function Sign({ kind }: { readonly kind: MessageKind }) {
  const { shape, colour } = MESSAGE_KINDS[kind];
  return (
    <svg viewBox="-6 -6 12 12" width="14" height="14" aria-hidden="true">
      <path d={SHAPES[shape]} fill={colour} fillRule="evenodd" />
    </svg>
  );
}
