import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { Explanation } from '../../swarm/explanation.tsx';
import { PackageLink } from '../../swarm/package-link.tsx';
import { useExplanation } from '../../swarm/use-explanation.ts';
import { Button } from '../../ui/button.tsx';
import { duration, number } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Failure, Skeleton } from '../../ui/notice.tsx';
import { Pill, toneOf } from '../../ui/pill.tsx';
import { useSettled } from '../queue/use-settled.ts';
import styles from './panel.module.css';
import type { PlanNode, PlanShape } from './plan-model.ts';
import { PANEL_ID } from './use-stage-keys.ts';
import { saysCircle, saysDuration, saysSource } from './words.ts';

type Props = {
  readonly place: number;
  readonly nodes: readonly PlanNode[];
  readonly shape: PlanShape;
  readonly isFocus: boolean;
  readonly onPick: (cpv: string) => void;
  readonly onFocus: (cpv: string | undefined) => void;
  readonly onClose: () => void;
};

/** Who goes from package to package by keys is told why when he stays. */
const STAY_MS = 350;

/** What is known of one package of the plan, and what it has to do with others. */
export function PackagePanel({ place, nodes, shape, isFocus, onPick, onFocus, onClose }: Props) {
  useEscape(onClose);
  const node = nodes[place];
  if (node === undefined) return null;
  const circle = node.circle === null ? undefined : shape.circles[node.circle];
  return (
    <aside id={PANEL_ID} tabIndex={-1} className={styles['panel']} aria-label={`About ${node.cpv}`}>
      <header className={styles['panelHead']}>
        <h2 className={styles['panelTitle']}>
          <PackageLink atom={node.cpv} />
        </h2>
        <Button look="ghost" small onClick={onClose} title="Close (Escape)">
          <Icon name="close" />
          <span className="visually-hidden">Close</span>
        </Button>
      </header>
      <div className={styles['deeds']}>
        <Pill state={node.state} />
        {node.on_critical_path ? <span className={styles['tag']}>critical path</span> : null}
        <Button small onClick={() => onFocus(isFocus ? undefined : node.cpv)} title="Only what is around it (F)">
          {isFocus ? 'Show all' : 'Only around it'}
        </Button>
        <Link to="/queue" search={{ open: node.id }}>
          In the queue
        </Link>
      </div>
      <div className={styles['panelBody']}>
        <Facts node={node} />
        <Why node={node} />
        {circle === undefined ? null : (
          <Others
            title={saysCircle(circle.kind).title}
            says={saysCircle(circle.kind).says}
            places={circle.packages}
            {...{ nodes, onPick }}
          />
        )}
        <Others title="Needs to be built" places={needsOf(shape, place, true)} {...{ nodes, onPick }} />
        <Others title="Brings along" places={needsOf(shape, place, false)} {...{ nodes, onPick }} />
        <Others title="Needed by" places={shape.users[place] ?? []} {...{ nodes, onPick }} />
      </div>
    </aside>
  );
}

/** Closes it from wherever one is; what has its own use for the key keeps it. */
function useEscape(act: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isInField = event.target instanceof Element && event.target.closest('[role$="dialog"], input') !== null;
      if (event.key === 'Escape' && !isInField && !event.defaultPrevented) act();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [act]);
}

function Facts({ node }: { readonly node: PlanNode }) {
  return (
    <dl className={styles['facts']}>
      {node.drone === null ? null : (
        <Fact name={node.state === 'building' ? 'Builds on' : 'Drone'}>
          <Link to="/fleet/$name" params={{ name: node.drone }}>
            {node.drone}
          </Link>
        </Fact>
      )}
      {node.attempt === null ? null : (
        <Fact name="Log">
          <Link to="/builds/$attempt" params={{ attempt: String(node.attempt) }}>
            Build {node.attempt}
          </Link>
        </Fact>
      )}
      <Fact name={node.source === 'built' ? 'Took' : 'Takes'}>
        {saysDuration(node)} <span className="dim">{saysSource(node)}</span>
      </Fact>
      {node.rank_s === 0 ? null : <Fact name="Chain from here">{duration(node.rank_s)}</Fact>}
      {node.state === 'received' ? null : (
        <Fact name="May end later by">
          {node.slack_s === 0 ? 'nothing: it decides the end' : duration(node.slack_s)}
        </Fact>
      )}
      {node.failures === 0 ? null : (
        <Fact name="Failures">
          {number(node.failures)} {node.failure_class === null ? '' : `(${node.failure_class})`}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Why({ node }: { readonly node: PlanNode }) {
  const id = useSettled(node.id, STAY_MS);
  const isHere = id === node.id;
  const version = `${node.state} ${node.attempt}`;
  const { data, error, refetch } = useExplanation({ package: String(id), version });
  if (node.state === 'received') return null;
  return (
    <section>
      <h3 className={styles['part']}>Why</h3>
      {isHere && data?.id === id ? (
        <Explanation explained={{ ...data, drones: [] }} hasTries={false} />
      ) : error === null || !isHere ? (
        <Skeleton height="3rem" />
      ) : (
        <Failure error={error} onRetry={() => void refetch()} />
      )}
    </section>
  );
}

/** What must be there before it is built, or what only comes along when it is installed. */
function needsOf({ edges }: PlanShape, place: number, isBuild: boolean): number[] {
  return edges.flatMap(({ from, to, types }) => (from === place && types.includes('build') === isBuild ? [to] : []));
}

/** So many are named; the drawing has the others. */
const NAMED = 40;

type OthersProps = Pick<Props, 'nodes' | 'onPick'> & {
  readonly title: string;
  readonly says?: string;
  readonly places: readonly number[];
};

function Others({ title, says, places, nodes, onPick }: OthersProps) {
  if (places.length === 0) return null;
  const found = places.flatMap((place) => nodes[place] ?? []);
  const urgent = found.toSorted((one, other) => one.slack_s - other.slack_s);
  return (
    <section>
      <h3 className={styles['part']}>
        {title} <span className="dim">{number(places.length)}</span>
      </h3>
      {says === undefined ? null : <p className={styles['says']}>{says}</p>}
      <ul>
        {urgent.slice(0, NAMED).map((node) => (
          <li key={node.id}>
            <button type="button" className={styles['other']} onClick={() => onPick(node.cpv)}>
              <span
                className={styles['dot']}
                style={{ ['--tone' as string]: toneOf(node.state) }}
                title={node.state}
                aria-hidden="true"
              />
              <span className={styles['otherName']}>{node.cpv}</span>
              <span className="visually-hidden">, {node.state}</span>
              <span className="dim">{saysDuration(node)}</span>
            </button>
          </li>
        ))}
      </ul>
      {places.length > NAMED ? <p className="dim">and {number(places.length - NAMED)} more</p> : null}
    </section>
  );
}
