import { duration, number } from '../../ui/format.ts';
import { toneOf } from '../../ui/pill.tsx';
import styles from './graph.module.css';
import type { GraphReply, NodeState, PlanNode } from './plan-model.ts';

const STATES: readonly NodeState[] = ['building', 'ready', 'waiting', 'blocked', 'failed', 'received'];

type Props = { readonly nodes: readonly PlanNode[]; readonly reply: GraphReply };

/** What colours and lines mean, with how many there are of each. */
export function Legend({ nodes, reply }: Props) {
  const counts = new Map<NodeState, number>();
  for (const { state } of nodes) counts.set(state, (counts.get(state) ?? 0) + 1);
  const { critical_path: path, circles, edges } = reply;
  const hasCut = edges.some(({ cut }) => cut);
  return (
    <ul className={styles['legend']} aria-label="Legend">
      {STATES.filter((state) => (counts.get(state) ?? 0) > 0).map((state) => (
        <li key={state} style={{ ['--tone' as string]: toneOf(state) }}>
          <span className={styles['dot']} aria-hidden="true" />
          {state} <b>{number(counts.get(state) ?? 0)}</b>
        </li>
      ))}
      {path.packages.length === 0 ? null : (
        <li>
          <Line look="path" />
          critical path <b>{duration(path.total_s)}</b>
        </li>
      )}
      {edges.some(({ types }) => types.includes('build')) ? (
        <li>
          <Line look="build" />
          needed to build
        </li>
      ) : null}
      {edges.some(({ types }) => !types.includes('build')) ? (
        <li>
          <Line look="run" />
          comes along
        </li>
      ) : null}
      {circles.length === 0 ? null : (
        <li>
          <Line look="circle" />
          circles <b>{number(circles.length)}</b>
        </li>
      )}
      {hasCut ? (
        <li>
          <Line look="cut" />
          broken there
        </li>
      ) : null}
    </ul>
  );
}

function Line({ look }: { readonly look: 'path' | 'build' | 'run' | 'cut' | 'circle' }) {
  return <span className={styles['line']} data-look={look} aria-hidden="true" />;
}
