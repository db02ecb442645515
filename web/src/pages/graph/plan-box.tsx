import type { Node, NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { useSwarm } from '../../live/use-swarm.ts';
import { toneOf } from '../../ui/pill.tsx';
import type { PlanNode } from './plan-model.ts';
import styles from './stage.module.css';
import { saysDuration } from './words.ts';

export type BoxData = {
  readonly node: PlanNode;
  readonly label: string;
  readonly isMarked: boolean;
  /** What it needs that is folded away. */
  readonly folded: number;
};

export type BoxNode = Node<BoxData, 'package'>;

/** The element of a marked package, for who is told which one that is. */
export function boxId(place: string): string {
  return `graph-package-${place}`;
}

/** A package of the drawing. */
export const PlanBox = memo(function PlanBox({ id, data }: NodeProps<BoxNode>) {
  const { node, label, isMarked, folded } = data;
  return (
    <div
      id={boxId(id)}
      role="group"
      aria-label={label}
      title={node.cpv}
      className={styles['box']}
      data-state={node.state}
      data-path={node.on_critical_path}
      data-marked={isMarked}
      style={{ ['--tone' as string]: toneOf(node.state) }}
    >
      <span className={styles['boxName']}>
        <span className={styles['boxTitle']}>{node.name}</span>
        <span className={styles['boxTime']}>{saysDuration(node)}</span>
      </span>
      <span className={styles['boxName']}>
        <span className={styles['boxText']}>{textOf(node)}</span>
        {folded === 0 ? null : <span className={styles['boxTime']}>✓{folded}</span>}
      </span>
      {node.state === 'building' && node.attempt !== null ? <Progress attempt={node.attempt} /> : null}
    </div>
  );
});

function textOf({ state, category, drone, failure_class: failure, version }: PlanNode): string {
  if (state === 'building') return drone ?? 'building';
  if (state === 'blocked' || state === 'failed') return failure ?? state;
  return `${category} ${version}`;
}

function Progress({ attempt }: { readonly attempt: number }) {
  const build = useSwarm('builds').get(attempt);
  if (build?.expected_s == null || build.expected_s <= 0) return null;
  const share = Math.min(1, build.elapsed_s / build.expected_s);
  return <span className={styles['boxDone']} style={{ width: `${100 * share}%` }} />;
}
