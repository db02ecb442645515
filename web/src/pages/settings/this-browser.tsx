import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Reply } from '../../api/api.ts';
import { keepToken, readToken } from '../../api/token.ts';
import { liveStore } from '../../live/use-swarm.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Time } from '../../ui/time.tsx';
import styles from './settings.module.css';

/** Who this browser is taken for; another token makes it somebody else. */
export function ThisBrowser({ who }: { readonly who: Reply<'whoami'> }) {
  const queries = useQueryClient();
  const [token, setToken] = useState('');
  const become = (next: string | undefined) => {
    keepToken(next);
    setToken('');
    liveStore.refresh();
    // Everything may look otherwise to somebody else.
    void queries.resetQueries();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() !== '') become(token.trim());
  };
  return (
    <Card title="This browser">
      <p>
        {who.auth === 'off' ? (
          <>
            This control plane asks nobody who they are: whoever reaches it may do everything. With{' '}
            <code className="mono">SWARM_AUTH=token</code> it asks for tokens.
          </>
        ) : (
          <>
            You are <b>{who.name}</b>, {WORDS[who.role] ?? who.role}, from {who.address}.
            {who.expires_at === null ? null : (
              <>
                {' '}
                Your token ends <Time at={who.expires_at} />.
              </>
            )}
          </>
        )}
      </p>
      <form className={styles['inline']} onSubmit={submit}>
        <label>
          <span className="visually-hidden">Another token</span>
          <input
            type="password"
            autoComplete="off"
            placeholder="another token"
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        </label>
        <Button type="submit" disabled={token.trim() === ''}>
          Use it
        </Button>
        {readToken() === undefined ? null : <Button onClick={() => become(undefined)}>Sign out</Button>}
      </form>
    </Card>
  );
}

const WORDS: Readonly<Record<string, string>> = {
  ...{ admin: 'an admin: you may do everything', operator: 'an operator: you run the swarm' },
  ...{ viewer: 'a viewer: you may look', nobody: 'not known: you may do next to nothing', drone: 'a drone' },
};
