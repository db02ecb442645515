import { getRouteApi } from '@tanstack/react-router';
import { Button } from '../../ui/button.tsx';
import { DataTable, type TableColumn } from '../../ui/data-table.tsx';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Time } from '../../ui/time.tsx';
import { deliveryWords, type Notification, wayName } from './notification-words.ts';
import styles from './notifications.module.css';
import shared from './settings.module.css';

const here = getRouteApi('/settings');

type Props = {
  readonly notifications: readonly Notification[];
  /** Some way is set up. */
  readonly isAnybodyTold: boolean;
};

/** What people were told and are to be told, newest first; one that is opened says how far each way is. */
export function NotificationLog({ notifications, isAnybodyTold }: Props) {
  const { told } = here.useSearch();
  const navigate = here.useNavigate();
  const open = (id: number | undefined) =>
    void navigate({ search: (before) => ({ ...before, told: id }), replace: true, resetScroll: false });
  const opened = notifications.find(({ id }) => id === told);
  return (
    <div className={styles['log']}>
      <div className={shared['table']}>
        <DataTable
          label="Told last"
          rows={notifications}
          columns={COLUMNS}
          keyOf={({ id }) => id}
          opened={told}
          onOpen={({ id }) => open(id)}
          empty={
            <Empty title="Nothing was told yet">
              {isAnybodyTold ? 'As soon as something of the above happens, it is here.' : 'No way is set up.'}
            </Empty>
          }
        />
      </div>
      {opened === undefined ? null : <Opened notification={opened} onClose={() => open(undefined)} />}
    </div>
  );
}

const COLUMNS: readonly TableColumn<Notification>[] = [
  { id: 'at', title: 'When', width: '4.5rem', cell: ({ at }) => <Time at={at} /> },
  { id: 'title', title: 'What', width: 'minmax(8rem, 3fr)', cell: ({ title }) => title },
  {
    ...{ id: 'kind', title: 'About', width: 'minmax(8rem, 1fr)', isExtra: true },
    cell: ({ kind }) => <span className="mono dim">{kind}</span>,
  },
  {
    ...{ id: 'state', title: 'Delivery', width: 'minmax(7rem, 1fr)' },
    cell: ({ deliveries }) => <Pill {...deliveriesWords(deliveries)} />,
  },
];

/** All ways together: what needs somebody comes first. */
function deliveriesWords(deliveries: Notification['deliveries']): ReturnType<typeof deliveryWords> {
  const worst =
    deliveries.find(({ state }) => state === 'failed') ?? deliveries.find(({ state }) => state === 'pending');
  const first = worst ?? deliveries[0];
  return first === undefined ? { state: 'offline', label: 'to nobody' } : deliveryWords(first);
}

type OpenedProps = { readonly notification: Notification; readonly onClose: () => void };

function Opened({ notification: { title, text, kind, at, deliveries }, onClose }: OpenedProps) {
  return (
    <aside className={`${shared['panel']} ${styles['opened']}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <Button small look="ghost" aria-label="Close" icon={<Icon name="close" />} onClick={onClose} />
      </header>
      <p className={styles['text']}>{text}</p>
      <p className="dim">
        <span className="mono">{kind}</span>, <Time at={at} />
      </p>
      <h3>Deliveries</h3>
      <ul className={styles['deliveries']}>
        {deliveries.map((delivery) => (
          <li key={delivery.channel}>
            <span className={styles['name']}>{wayName(delivery.channel)}</span>
            <Pill {...deliveryWords(delivery)} />
            <span className="dim">
              <Course delivery={delivery} />
            </span>
            {delivery.error === null || delivery.state === 'sent' ? null : (
              <span className={styles['why']}>{delivery.error}</span>
            )}
          </li>
        ))}
      </ul>
    </aside>
  );
}

function Course({ delivery }: { readonly delivery: Notification['deliveries'][number] }) {
  const { state, tries, next_at: next, ended_at: ended } = delivery;
  const tried = tries === 0 ? 'not tried yet' : `tried ${count(tries, 'time')}`;
  if (state === 'pending')
    return next === null ? (
      tried
    ) : (
      <>
        {tried}, next <Time at={next} />
      </>
    );
  return (
    <>
      {tried}, <Time at={ended} />
    </>
  );
}
