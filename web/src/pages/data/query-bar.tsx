import { type FormEvent, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { duration } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { useNow } from '../../ui/time.tsx';
import { tell } from '../../ui/toasts.tsx';
import styles from './data.module.css';
import type { KeptQuery } from './kept-queries.ts';
import { QueryLists } from './query-list.tsx';
import type { QueryRun } from './use-query-run.ts';

type Props = {
  readonly text: string;
  readonly run: QueryRun;
  readonly limit: number;
  readonly saved: readonly KeptQuery[];
  readonly past: readonly KeptQuery[];
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly onLimit: (limit: number) => void;
  readonly onPick: (sql: string) => void;
  readonly onSave: (name: string) => void;
  readonly onForget: (name: string) => void;
};

const LIMITS = [100, 1_000, 10_000];

/** What can be done with the query: run it, keep it, take another one. */
export function QueryBar(props: Props) {
  const { text, run, limit, saved, past, onPick, onForget } = props;
  const isRunning = run.state === 'running';
  return (
    <div className={styles['queryBar']}>
      {isRunning ? (
        <Button look="danger" onClick={props.onStop}>
          Stop <Elapsed since={run.since} />
        </Button>
      ) : (
        <Button
          look="primary"
          icon={<Icon name="play" />}
          disabled={text.trim() === ''}
          title="Ctrl-Enter"
          onClick={props.onRun}
        >
          Run
        </Button>
      )}
      <label className={styles['select']}>
        At most
        <select value={limit} onChange={(event) => props.onLimit(Number(event.target.value))}>
          {LIMITS.map((each) => (
            <option key={each} value={each}>
              {each} rows
            </option>
          ))}
        </select>
      </label>
      <QueryLists saved={saved} past={past} onPick={onPick} onForget={onForget} />
      <Keep isEmpty={text.trim() === ''} onSave={props.onSave} />
    </div>
  );
}

function Elapsed({ since }: { readonly since: number }) {
  const now = useNow();
  return <span className="dim">{duration(now - since / 1000)}</span>;
}

function Keep({ isEmpty, onSave }: { readonly isEmpty: boolean; readonly onSave: (name: string) => void }) {
  const [name, setName] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const called = name?.trim() ?? '';
    if (called === '') return;
    onSave(called);
    tell({ title: `Kept as ${called}`, text: 'It is among the shortcuts, in this browser.' });
    setName(undefined);
  };
  if (name === undefined)
    return (
      <Button look="ghost" disabled={isEmpty} onClick={() => setName('')}>
        Keep …
      </Button>
    );
  return (
    <form className={styles['keep']} onSubmit={submit}>
      <input
        // It was asked for just now.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        aria-label="Name of the query"
        placeholder="its name"
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => (event.key === 'Escape' ? setName(undefined) : undefined)}
      />
      <Button type="submit" disabled={name.trim() === ''}>
        Keep
      </Button>
    </form>
  );
}
