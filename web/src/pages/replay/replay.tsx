import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Reply } from '../../api/api.ts';
import { wishText } from '../../live/replay-wish.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { duration, moment } from '../../ui/format.ts';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Pill } from '../../ui/pill.tsx';
import { useTime } from '../../ui/time.tsx';
import { fieldOf, timeOfField } from './moment-words.ts';
import { Preview } from './preview.tsx';
import styles from './replay.module.css';

const PRESETS = [
  { label: 'Last 15 minutes', seconds: 900 },
  { label: 'Last hour', seconds: 3_600 },
  { label: 'Last 6 hours', seconds: 21_600 },
  { label: 'Last day', seconds: 86_400 },
] as const;
/** Longer ones are shown in steps that are too large to follow. */
const LONGEST_S = 8 * 86_400;
const SESSIONS = 12;

/** Which time is to be seen again. */
export function ReplayPage() {
  const [fields, setFields] = useState(() => fieldsOf(lastSeconds(PRESETS[0].seconds)));
  const navigate = useNavigate();
  const now = useTime();
  const [from, to] = [timeOfField(fields.from), timeOfField(fields.to)];
  const problem = problemOf(from, to, now);
  const begin = (at: number | undefined) => {
    if (from === undefined || to === undefined || at === undefined) return;
    void navigate({ to: '/', search: { replay: wishText({ from, to, at }) } });
  };
  return (
    <Page
      title="Replay"
      says="See the swarm as it was: overview, fleet, topology, queue, events and wire show any moment of a time that you choose."
    >
      <div className={styles['grid']}>
        <div className={styles['form']}>
          <Card title="Which time">
            <form
              className={styles['form']}
              onSubmit={(event) => {
                event.preventDefault();
                if (problem === undefined) begin(from);
              }}
            >
              <div className={styles['presets']} role="group" aria-label="Up to now">
                {PRESETS.map(({ label, seconds }) => (
                  <Button key={label} small onClick={() => setFields(fieldsOf(lastSeconds(seconds)))}>
                    {label}
                  </Button>
                ))}
              </div>
              <div className={styles['fields']}>
                <Field label="From" value={fields.from} onChange={(value) => setFields({ ...fields, from: value })} />
                <Field label="To" value={fields.to} onChange={(value) => setFields({ ...fields, to: value })} />
              </div>
              {problem === undefined ? (
                <p className={styles['label']}>{duration((to ?? 0) - (from ?? 0))} in all</p>
              ) : (
                <p className={styles['problem']} role="alert">
                  {problem}
                </p>
              )}
              <div>
                <Button type="submit" look="primary" disabled={problem !== undefined}>
                  Replay from the beginning
                </Button>
              </div>
            </form>
          </Card>
          <Sessions now={now} onChoose={(range) => setFields(fieldsOf(range))} />
          <Card title="Keys, on every page">
            <Keys />
          </Card>
        </div>
        {from === undefined || to === undefined || problem !== undefined ? null : (
          <Preview from={from} to={to} onBegin={begin} />
        )}
      </div>
    </Page>
  );
}

type Range = { readonly from: number; readonly to: number };

function lastSeconds(seconds: number): Range {
  const now = Date.now() / 1000;
  return { from: now - seconds, to: now };
}

function fieldsOf({ from, to }: Range): { readonly from: string; readonly to: string } {
  return { from: fieldOf(from), to: fieldOf(to) };
}

function problemOf(from: number | undefined, to: number | undefined, now: number): string | undefined {
  if (from === undefined || to === undefined) return 'Say from when to when.';
  if (from >= to) return 'The end must be later than the beginning.';
  if (from >= now) return 'What is to come cannot be replayed.';
  return to - from > LONGEST_S ? 'At most 8 days can be replayed at once.' : undefined;
}

type FieldProps = { readonly label: string; readonly value: string; readonly onChange: (value: string) => void };

function Field({ label, value, onChange }: FieldProps) {
  return (
    <label className={styles['field']}>
      {label}
      <input type="datetime-local" step={1} required value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

type SessionsProps = { readonly now: number; readonly onChoose: (range: Range) => void };

function Sessions({ now, onChoose }: SessionsProps) {
  const { data, error, refetch } = useQuery({ queryKey: ['sessions'], queryFn: () => api.sessions() });
  return (
    <Card title="Or a session">
      {error !== null ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && error === null ? <Skeleton height="8rem" /> : null}
      {data?.sessions.length === 0 ? (
        <Empty title="There was no session yet">It begins with the first packages that are queued.</Empty>
      ) : null}
      <ul className={styles['list']}>
        {data?.sessions.slice(0, SESSIONS).map((session) => (
          <li key={session.id}>
            <span className={styles['what']} title={moment(session.started_at)}>
              {session.name}
            </span>
            <Pill state={session.status} />
            <Button small onClick={() => onChoose(rangeOf(session, now))}>
              Choose
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** With a little before and after it. */
function rangeOf({ started_at: start, completed_at: end }: Reply<'sessions'>['sessions'][number], now: number): Range {
  const to = Math.min(now, (end ?? now) + 5);
  return { from: Math.max(start - 5, to - LONGEST_S), to };
}

function Keys() {
  const keys = [
    ['Space', 'play and pause'],
    ['← →', '10 seconds back and forward'],
    ['Shift ← →', 'to the event before, to the next one'],
  ] as const;
  return (
    <dl className={styles['keys']}>
      {keys.map(([key, does]) => (
        <div key={key} style={{ display: 'contents' }}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}
