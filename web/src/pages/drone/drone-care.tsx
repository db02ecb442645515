import { useIsLive } from '../../live/use-swarm.ts';
import { Card } from '../../ui/card.tsx';
import { duration } from '../../ui/format.ts';
import { Failure, Skeleton } from '../../ui/notice.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Time, useNow } from '../../ui/time.tsx';
import { AttendButton } from './attend-button.tsx';
import styles from './care.module.css';
import { CareSteps } from './care-steps.tsx';
import { MachineFacts } from './machine-facts.tsx';
import { type Escalation, useEscalations } from './use-escalations.ts';

const LIMITS: Readonly<Record<string, string>> = {
  off: 'Nobody looks after drones by itself: SWARM_ESCALATION is off.',
  probe: 'A drone that does not go on is probed over SSH; the rest is left to a person.',
  restart: 'A drone that does not go on is probed over SSH, and its service restarted.',
  reboot: 'A drone that does not go on is probed over SSH, restarted, and rebooted where the machine allows it.',
};

/** The colour and the word of each state, and of each ending. */
const STATES: Readonly<Record<string, readonly [tone: string, label: string]>> = {
  open: ['delegated', 'is looked after'],
  settling: ['ready', 'seems well again'],
  asked: ['blocked', 'asks a person'],
  well: ['received', 'well again'],
  gone: ['offline', 'removed'],
  protected: ['offline', 'left alone: protected'],
  paused: ['offline', 'left alone: paused'],
  closed: ['offline', 'left to a person'],
};

/** What is done about a drone that does not go on: now, and the last times. */
export function DroneCare({ id, name }: { readonly id: string; readonly name: string }) {
  const found = useEscalations(id);
  if (!useIsLive()) return null;
  const all = found.data?.escalations ?? [];
  const open = all.find(({ state }) => state !== 'closed');
  const past = all.filter((each) => each !== open);
  return (
    <Card title="Care" {...(open === undefined ? {} : { aside: <AttendButton small id={id} name={name} /> })}>
      <div className={styles['care']}>
        {found.isPending ? <Skeleton height="4rem" /> : null}
        {found.isError ? <Failure error={found.error} onRetry={() => void found.refetch()} /> : null}
        {found.isSuccess && all.length === 0 ? (
          <div>
            <p>Nothing was to be done about {name}.</p>
            <p className="dim">{LIMITS[found.data.limit]}</p>
          </div>
        ) : null}
        {open === undefined ? null : <OpenCase escalation={open} />}
        {past.length === 0 ? null : (
          <div className={styles['past']}>
            {open === undefined ? null : <h3 className={styles['title']}>Before</h3>}
            {past.map((escalation) => (
              <PastCase key={escalation.id} escalation={escalation} />
            ))}
          </div>
        )}
        <MachineFacts id={id} probed={machineOf(all)} />
      </div>
    </Card>
  );
}

function OpenCase({ escalation }: { readonly escalation: Escalation }) {
  return (
    <div className={styles['case']}>
      <p className={styles['line']}>
        <StatePill escalation={escalation} />
        <span className={styles['says']}>{escalation.says}</span>
        <span className="dim">
          <Time at={escalation.opened_at} />
        </span>
      </p>
      <CareSteps steps={escalation.steps} />
    </div>
  );
}

function PastCase({ escalation }: { readonly escalation: Escalation }) {
  const { opened_at: from, closed_at: to, says, steps } = escalation;
  const now = useNow();
  return (
    <details className={styles['case']}>
      <summary className={styles['line']}>
        <StatePill escalation={escalation} />
        <span className={styles['says']}>{says}</span>
        <span className="dim">
          <Time at={from} />
        </span>
      </summary>
      <p className="dim">It took {duration((to ?? now) - from)}.</p>
      <CareSteps steps={steps} />
    </details>
  );
}

function StatePill({ escalation: { state, ending } }: { readonly escalation: Escalation }) {
  const word = ending ?? state;
  const [tone, label] = STATES[word] ?? ['needed', word];
  return <Pill state={tone} label={label} />;
}

/** What the newest probe that saw it took the machine for. */
function machineOf(escalations: readonly Escalation[]): string | undefined {
  for (const { steps } of escalations) {
    const machine = steps.findLast(({ probe }) => probe?.machine != null)?.probe?.machine;
    if (machine != null) return machine;
  }
  return undefined;
}
