import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, type Reply } from '../../api/api.ts';
import { useIsLive, useSwarm } from '../../live/use-swarm.ts';
import { ActionButton } from '../../swarm/action-button.tsx';
import type { ControlName } from '../../swarm/control-actions.ts';
import { Card } from '../../ui/card.tsx';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Skeleton } from '../../ui/notice.tsx';
import { useNow } from '../../ui/time.tsx';
import { AttendButton } from '../drone/attend-button.tsx';
import { useEscalations } from '../drone/use-escalations.ts';
import styles from './attention.module.css';
import { useLowDisks } from './use-low-disks.ts';

type Matter = {
  readonly key: string;
  readonly title: string;
  readonly text?: string;
  readonly action?: ControlName;
  /** The drone that it is about, where it is about one. */
  readonly drone?: string;
  /** Its id, where somebody is asked to see to it. */
  readonly asks?: string;
};

/** What does not go on by itself, with what can be done beside it. */
export function Attention() {
  const counts = useSwarm('counts');
  const now = useNow();
  const { drones, problems, findings } = useTroubles();
  const isLive = useIsLive();
  const asking = (useEscalations().data?.escalations ?? []).filter(({ state }) => isLive && state === 'asked');
  const low = useLowDisks();
  if (counts === undefined)
    return (
      <Card title="Needs attention">
        <Skeleton height="9rem" />
      </Card>
    );
  const grounded = drones.filter((drone) => (drone.grounded_until ?? 0) > now);
  const away = drones.filter(({ status }) => status === 'offline');
  const matters: readonly Matter[] = [
    ...asking.map(({ id, drone_id: asks, drone, says, steps }) => ({
      ...{ key: `escalation ${id}`, title: `${drone} needs somebody`, drone, asks },
      text: steps.findLast(({ step }) => step === 'ask')?.because ?? says,
    })),
    ...low.map(({ disk, drone, message }) => ({
      ...{ key: `disk ${disk}`, title: message, ...(drone === undefined ? {} : { drone }) },
      text:
        drone === undefined
          ? 'Make room there, or nothing more can be kept before long.'
          : 'Packages that need more room are not built there.',
    })),
    ...(counts.blocked === 0
      ? []
      : [
          {
            key: 'blocked',
            title: `${count(counts.blocked, 'package')} blocked`,
            text: 'Failed on different drones, or refused by Portage.',
            action: 'unblock' as const,
          },
        ]),
    ...(counts.failed === 0
      ? []
      : [{ key: 'failed', title: `${count(counts.failed, 'package')} given up`, action: 'retry_failures' as const }]),
    ...(grounded.length === 0
      ? []
      : [
          {
            key: 'grounded',
            title: `${count(grounded.length, 'drone')} grounded`,
            text: `${grounded.map(({ name }) => name).join(', ')}: too many failures in a row.`,
            action: 'unground' as const,
          },
        ]),
    ...(away.length === 0
      ? []
      : [
          {
            key: 'away',
            title: `${count(away.length, 'drone')} offline`,
            text: away.map(({ name }) => name).join(', '),
          },
        ]),
    ...problems.map((problem) => ({ key: problem, title: problem })),
    ...findings.map(({ says, meaning }) => ({ key: says, title: says, text: meaning })),
  ];
  return (
    <Card title="Needs attention">
      {matters.length === 0 ? (
        <p className={styles['calm']}>
          <span className={styles['ok']}>
            <Icon name="check" />
          </span>
          Nothing. All goes on by itself.
        </p>
      ) : (
        <ul className={styles['list']}>
          {matters.map(({ key, title, text, action, drone, asks }) => (
            <li key={key} className={styles['matter']}>
              <span className={styles['warn']}>
                <Icon name="warning" />
              </span>
              <div className={styles['words']}>
                <p>
                  {drone === undefined ? (
                    title
                  ) : (
                    <Link to="/fleet/$name" params={{ name: drone }}>
                      {title}
                    </Link>
                  )}
                </p>
                {text === undefined ? null : <p className={styles['text']}>{text}</p>}
              </div>
              {action === undefined ? null : <ActionButton action={action} small />}
              {asks === undefined || drone === undefined ? null : <AttendButton small id={asks} name={drone} />}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

type Trouble = Pick<Reply<'droneHealth'>['drones'][number], 'name' | 'status' | 'grounded_until'>;

/** What is wrong with drones and with the control plane; of an earlier moment only the drones are known. */
function useTroubles() {
  const isPast = !useIsLive();
  const live = { enabled: !isPast, refetchInterval: 60_000 };
  const health = useQuery({ ...live, queryKey: ['drone-health'], queryFn: () => api.droneHealth() });
  const ready = useQuery({ ...live, queryKey: ['ready'], queryFn: () => api.ready(), retry: false });
  const stuck = useQuery({ ...live, queryKey: ['invariants'], queryFn: () => api.invariants() });
  const nodes = useSwarm('nodes');
  const groundings = useSwarm('status')?.drone_health;
  if (!isPast)
    return {
      drones: health.data?.drones ?? [],
      problems: ready.data?.problems ?? [],
      findings: stuck.data?.findings ?? [],
    };
  const drones = [...nodes.values()].map(
    ({ id, name, status }): Trouble => ({ name, status, grounded_until: groundings?.[id]?.grounded_until ?? null }),
  );
  return { drones, problems: [], findings: [] };
}
