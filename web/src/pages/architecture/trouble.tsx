import type { ReactNode } from 'react';
import { useSwarm } from '../../live/use-swarm.ts';
import { Card } from '../../ui/card.tsx';
import { count } from '../../ui/format.ts';
import { useNow } from '../../ui/time.tsx';
import { Pauses } from './pauses.tsx';
import { Setting } from './settings.tsx';
import { Silence } from './silence.tsx';
import styles from './trouble.module.css';

/** What happens when something goes wrong: nothing is lost, and little waits for a human. */
export function Trouble() {
  const now = useFigures();
  return (
    <Card title="When something goes wrong">
      <div className={styles['cases']}>
        <Case title="A drone falls silent" now={now.silent} isWide>
          <p>
            Nobody is asked whether it is dead. Its builds go to others when its lease is over, and whatever it reports
            of them afterwards is answered so that it stops.
          </p>
          <Silence />
        </Case>
        <Case title="A build fails" now={now.retried} isWide>
          <p>
            It is tried again on another drone, after a pause that doubles each time:{' '}
            <Setting name="SWARM_RETRY_BACKOFF_MS" /> at first, <Setting name="SWARM_RETRY_BACKOFF_CAP_MS" /> at most.
            What time heals, a mirror that is away or a full disk, is given <Setting name="SWARM_OUTSIDE_BACKOFF_MS" />{' '}
            at first.
          </p>
          <Pauses />
        </Case>
        <Case title="The package is to blame" now={now.blocked}>
          <p>
            When <Setting name="SWARM_DRONES_TO_BLOCK" /> different drones failed it, or it failed{' '}
            <Setting name="SWARM_FAILURES_TO_BLOCK" /> times (<Setting name="SWARM_FAILURES_TO_BLOCK_ALONE" /> where no
            other drone could try), it is blocked: more tries would only cost time. After{' '}
            <Setting name="FAILURE_AGE_MINUTES" /> it has another chance, <Setting name="SWARM_AGEINGS" /> times in all;
            a sweeper may take it before.
          </p>
        </Case>
        <Case title="The machine is to blame" now={now.grounded}>
          <p>
            Failures of the network, the disk or the memory do not count as failures of the package; only{' '}
            <Setting name="SWARM_INFRASTRUCTURE_FAILURES" /> in a row block it. After{' '}
            <Setting name="MAX_DRONE_FAILURES" /> in a row a drone is grounded: it gets nothing for{' '}
            <Setting name="GROUNDING_TIMEOUT" />. One success, or an operator, lifts it at once.
          </p>
        </Case>
        <Case title="A drone fails what others build" now={now.paused}>
          <p>
            Bad memory, an odd compiler: when it failed at least <Setting name="SWARM_FAULTY_PACKAGES" /> packages that
            others built, and chance does not explain it, the drone is paused, and what it failed counts no more. The
            last drone that works is never paused.
          </p>
        </Case>
        <Case title="Memory runs out">
          <p>
            The next try is another one: with <Setting name="SWARM_OOM_GROWTH" /> times the memory where a drone has
            that, and else with fewer compilers at once.
          </p>
        </Case>
        <Case title="A report comes too late" now={now.late}>
          <p>
            Messages are lost, doubled and delayed. The number of the attempt decides: what is not current any more
            changes nothing, so no package is built into a state it has left.
          </p>
        </Case>
        <Case title="The control plane stops">
          <p>
            Drones build on and keep what they have. After the start everything is there again: what was acknowledged is
            on the disk. Every <Setting name="SWARM_RECONCILE_S" /> it looks for what is due, and every{' '}
            <Setting name="SWARM_SWEEP_S" /> for what does not go on by itself.
          </p>
        </Case>
      </div>
    </Card>
  );
}

/** How many of each there are now, in words; empty where there are none. */
function useFigures() {
  const counts = useSwarm('counts');
  const status = useSwarm('status');
  const nodes = [...useSwarm('nodes').values()];
  const now = useNow();
  const of = (amount: number, text: string) => (amount === 0 ? '' : text);
  const stale = nodes.filter((node) => !node.online && node.status === 'stale').length;
  const offline = nodes.filter((node) => !node.online && node.status !== 'stale').length;
  const grounded = Object.values(status?.drone_health ?? {}).filter((row) => (row.grounded_until ?? 0) > now).length;
  const paused = nodes.filter((node) => node.paused).length;
  const { blocked = 0, failed = 0 } = counts ?? {};
  return {
    silent: of(stale + offline, `${stale} stale, ${offline} offline`),
    retried: of(status?.timing.failed ?? 0, `${count(status?.timing.failed ?? 0, 'build')} failed so far`),
    blocked: of(blocked + failed, `${blocked} blocked, ${failed} given up`),
    grounded: of(grounded, `${count(grounded, 'drone')} grounded`),
    paused: of(paused, `${count(paused, 'drone')} paused`),
    late: of(status?.stale_reports ?? 0, `${count(status?.stale_reports ?? 0, 'report')} so far`),
  };
}

type CaseProps = {
  readonly title: string;
  /** How it stands here. */
  readonly now?: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
};

function Case({ title, now, isWide, children }: CaseProps) {
  return (
    <section className={`${styles['case']} ${isWide === true ? styles['wide'] : ''}`}>
      <h3 className={styles['title']}>
        {title}
        {now === undefined || now === '' ? null : <span className={styles['now']}>{now}</span>}
      </h3>
      {children}
    </section>
  );
}
