import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Reply } from '../../api/api.ts';
import { Failure, Skeleton } from '../../ui/notice.tsx';
import { Choice } from '../../ui/toolbar.tsx';
import { NewToken } from './new-token.tsx';
import styles from './settings.module.css';
import { ThisBrowser } from './this-browser.tsx';
import { TokenTable } from './token-table.tsx';

export type Token = Reply<'tokens'>['tokens'][number];

/** Who may do what: this browser, and every token that opens something. */
export function AccessSection() {
  const [which, setWhich] = useState<'open' | 'all'>('open');
  const who = useQuery({ queryKey: ['whoami'], queryFn: () => api.whoami() });
  const tokens = useQuery({
    queryKey: ['tokens', which],
    queryFn: () => api.tokens({ query: which === 'all' ? { all: 'true' } : {} }),
    refetchInterval: 60_000,
  });
  const refetch = () => void tokens.refetch();
  return (
    <div className={styles['section']}>
      {who.isSuccess ? <ThisBrowser who={who.data} /> : <Skeleton height="6rem" />}
      {who.data?.role === 'admin' ? <NewToken onMade={refetch} /> : null}
      <div className={styles['bar']}>
        <h2 className={styles['heading']}>Tokens</h2>
        <Choice
          label="Which tokens"
          options={[
            { value: 'open', label: 'In use' },
            { value: 'all', label: 'Also those that are over' },
          ]}
          value={which}
          onChange={setWhich}
        />
      </div>
      {tokens.isError ? <Failure error={tokens.error} onRetry={refetch} /> : null}
      {tokens.isPending ? <Skeleton height="14rem" /> : null}
      {tokens.isSuccess ? <TokenTable tokens={tokens.data.tokens} onChange={refetch} /> : null}
    </div>
  );
}
