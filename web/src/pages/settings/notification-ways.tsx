import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Reply } from '../../api/api.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Time } from '../../ui/time.tsx';
import { tell } from '../../ui/toasts.tsx';
import { type Notifications, WAYS, type Way } from './notification-words.ts';
import styles from './notifications.module.css';
import shared from './settings.module.css';

type Result = Reply<'testNotifications'>['results'][number] & { readonly at: number };
type Results = Readonly<Partial<Record<Way, Result>>>;

/** A test waits for the slowest way. */
const TEST_LIMIT_MS = 60_000;

type Props = Pick<Notifications, 'channels'> & {
  /** An admin looks: others may not send anything. */
  readonly mayTest: boolean;
  /** It is known who looks. */
  readonly isKnown: boolean;
};

/** The ways that are set up, each with a test and how it went; and how the others are. */
export function NotificationWays({ channels, mayTest, isKnown }: Props) {
  const { results, busy, test } = useTests();
  const others = Object.entries(WAYS).filter(([way]) => !channels.some(({ channel }) => channel === way));
  const cannot = isKnown && !mayTest ? 'Sending a test takes the token of an admin.' : undefined;
  return (
    <Card
      title="Ways"
      aside={
        channels.length < 2 ? undefined : (
          <Button
            deed
            small
            busy={busy === 'all'}
            disabled={!mayTest || busy !== undefined}
            onClick={() => test('all')}
          >
            Send a test by all
          </Button>
        )
      }
    >
      {channels.length === 0 ? (
        <Empty title="Nobody is told anything">
          No way is set up. Give one of these settings an address, in the configuration file or the environment, and
          start the control plane again; then a test can be sent from here.
        </Empty>
      ) : (
        <ul className={styles['ways']}>
          {channels.map(({ channel, target }) => (
            <li key={channel}>
              <span className={styles['name']}>{WAYS[channel].name}</span>
              <span className={`mono ${styles['target']}`}>{target}</span>
              <Button
                deed
                small
                aria-label={`Send a test by ${WAYS[channel].name}`}
                busy={busy === channel}
                disabled={!mayTest || busy !== undefined}
                title={cannot}
                onClick={() => test(channel)}
              >
                Send a test
              </Button>
              <div className={styles['result']}>
                <span role="status" aria-label={`Test by ${WAYS[channel].name}`}>
                  <Outcome result={results[channel]} isSending={busy === channel || busy === 'all'} />
                </span>
                <When at={results[channel]?.at} />
              </div>
            </li>
          ))}
        </ul>
      )}
      {cannot === undefined || channels.length === 0 ? null : <p className={shared['after']}>{cannot}</p>}
      {others.length === 0 ? null : (
        <section className={styles['others']} aria-label="Ways that are not set up">
          <h3>{channels.length === 0 ? 'What makes a way' : 'Not set up'}</h3>
          <dl>
            {others.map(([way, { name, settings }]) => (
              <div key={way}>
                <dt>{name}</dt>
                <dd>
                  {settings.map((setting) => (
                    <Link key={setting} to="/settings" search={{ open: setting, text: 'SWARM_NOTIFY' }}>
                      {setting}
                    </Link>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          <p className={shared['after']}>
            The first of each makes it a way. More of them, and of what is sent, is in{' '}
            <code className="mono">docs/guides/notifications.md</code>.
          </p>
        </section>
      )}
    </Card>
  );
}

function Outcome({ result, isSending }: { readonly result: Result | undefined; readonly isSending: boolean }) {
  if (isSending) return <span className="dim">A test is sent …</span>;
  if (result === undefined) return null;
  const { sent, error, duration_s: seconds } = result;
  const took = seconds < 0.1 ? 'at once' : `in ${seconds.toFixed(1)} s`;
  return (
    <>
      <Pill state={sent ? 'received' : 'failed'} label={sent ? 'delivered' : 'not delivered'} />
      <span>{sent ? `The other side took it ${took}.` : (error ?? 'No reason was given.')}</span>
    </>
  );
}

/** Beside what is read aloud when it changes: this changes each second. */
function When({ at }: { readonly at: number | undefined }) {
  if (at === undefined) return null;
  return (
    <span className="dim">
      <Time at={at} />
    </span>
  );
}

/** Sends tests, one at a time, and keeps how the last by each way went while the page is open. */
function useTests() {
  const [results, setResults] = useState<Results>({});
  const [busy, setBusy] = useState<Way | 'all'>();
  const send = async (which: Way | 'all') => {
    setBusy(which);
    try {
      const body = which === 'all' ? {} : { channel: which };
      const reply = await api.testNotifications({ body }, { timeoutMs: TEST_LIMIT_MS });
      const at = Date.now() / 1000;
      const news = Object.fromEntries(reply.results.map((result) => [result.channel, { ...result, at }]));
      setResults((before) => ({ ...before, ...news }));
    } catch (error) {
      tell({ title: 'No test was sent', text: error instanceof Error ? error.message : '', tone: 'danger' });
    } finally {
      setBusy(undefined);
    }
  };
  return { results, busy, test: (which: Way | 'all') => void send(which) };
}
