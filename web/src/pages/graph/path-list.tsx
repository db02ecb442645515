import { Link } from '@tanstack/react-router';
import { useSwarm } from '../../live/use-swarm.ts';
import { Meter } from '../../ui/bar.tsx';
import { count, duration, soonMoment } from '../../ui/format.ts';
import { Empty } from '../../ui/notice.tsx';
import { Pill } from '../../ui/pill.tsx';
import styles from './path.module.css';
import type { GraphReply, PlanNode } from './plan-model.ts';
import { saysDuration } from './words.ts';

type Props = {
  readonly reply: GraphReply;
  readonly nodes: readonly PlanNode[];
  readonly marked: number | undefined;
  readonly onPick: (cpv: string) => void;
};

/** The chain of builds that decides the end, in their order: the drawing for small screens and for reading aloud. */
export function PathList({ reply, nodes, marked, onPick }: Props) {
  const { critical_path: path, session } = reply;
  const estimate = useSwarm('estimates')?.sessions.find(({ session_id: id }) => id === session.id);
  const longest = Math.max(1, ...path.packages.map((place) => nodes[place]?.expected_s ?? 0));
  if (path.packages.length === 0)
    return <Empty title="There is no critical path">Nothing of this session is left to build, or was built.</Empty>;
  return (
    <div className={styles['path']}>
      <p className={styles['pathSays']}>
        {path.of === 'left'
          ? `${count(path.packages.length, 'build')} that must follow each other take ${duration(path.total_s)}, however many drones there are.`
          : `${count(path.packages.length, 'build')} that had to follow each other took ${duration(path.total_s)}.`}{' '}
        {path.of === 'left' && estimate?.end_p50 != null
          ? `All is expected to be done ${soonMoment(estimate.end_p50)}.`
          : ''}
      </p>
      <ol className={styles['pathList']}>
        {path.packages
          .flatMap((place) => nodes[place] ?? [])
          .map((node) => (
            <li key={node.id}>
              <button
                type="button"
                className={styles['pathRow']}
                aria-pressed={marked !== undefined && nodes[marked]?.id === node.id}
                onClick={() => onPick(node.cpv)}
              >
                <span className={styles['pathName']}>{node.cpv}</span>
                <Pill state={node.state} />
                <Meter
                  label={`Share of the longest build: ${node.name}`}
                  share={(node.expected_s ?? 0) / longest}
                  colour="var(--text-3)"
                />
                <span className={styles['pathTime']}>{saysDuration(node)}</span>
              </button>
              {node.state === 'building' && node.drone !== null ? (
                <Link className={styles['pathDrone']} to="/fleet/$name" params={{ name: node.drone }}>
                  on {node.drone}
                </Link>
              ) : null}
            </li>
          ))}
      </ol>
    </div>
  );
}
