import { useMemo, useState } from 'react';
import { api } from '../../api/api.ts';
import { Button } from '../../ui/button.tsx';
import { useConfirm } from '../../ui/confirm.tsx';
import { DataTable, type Sort, type TableColumn } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Time } from '../../ui/time.tsx';
import { tell } from '../../ui/toasts.tsx';
import type { Token } from './access.tsx';
import styles from './settings.module.css';

type Props = { readonly tokens: readonly Token[]; readonly onChange: () => void };

/** Every token without its secret, and how it is taken back. */
export function TokenTable({ tokens, onChange }: Props) {
  const [sort, setSort] = useState<Sort>({ by: 'made', isDown: true });
  const revoke = useRevoke(onChange);
  const columns = useMemo(() => columnsOf(revoke), [revoke]);
  return (
    <div className={styles['table']}>
      <DataTable
        label="Tokens"
        rows={tokens}
        columns={columns}
        keyOf={({ id }) => id}
        sort={sort}
        onSort={setSort}
        empty={
          <Empty title="There is no token">
            Make one above; until then nobody but this machine may change anything.
          </Empty>
        }
      />
    </div>
  );
}

function useRevoke(onChange: () => void): (token: Token) => Promise<void> {
  const confirm = useConfirm();
  return useMemo(
    () => async (token: Token) => {
      const isSure = await confirm({
        title: `Revoke the ${token.role} token of ${token.name}?`,
        consequence: `From now on it opens nothing: ${
          token.role === 'drone' ? 'that drone is refused until it enrols again' : 'whoever uses it is refused'
        }. It cannot be taken back, but another one can be made.`,
        deed: 'Revoke',
        isDangerous: true,
      });
      if (!isSure) return;
      try {
        await api.revokeToken({ params: { id: token.id } });
        tell({ title: `The token of ${token.name} opens nothing any more` });
        onChange();
      } catch (error) {
        tell({ title: 'It was not revoked', text: error instanceof Error ? error.message : '', tone: 'danger' });
      }
    },
    [confirm, onChange],
  );
}

function columnsOf(revoke: (token: Token) => Promise<void>): readonly TableColumn<Token>[] {
  return [
    { id: 'name', title: 'Holder', width: 'minmax(6rem, 2fr)', cell: ({ name }) => name, sortBy: ({ name }) => name },
    { id: 'role', title: 'Role', width: '5rem', cell: ({ role }) => role, sortBy: ({ role }) => role },
    {
      ...{ id: 'state', title: 'State', width: '6rem', isExtra: true },
      cell: (token) => <Pill state={isOver(token) ? 'offline' : 'ok'} label={stateOf(token)} />,
      sortBy: stateOf,
    },
    {
      ...{ id: 'id', title: 'Id', width: 'minmax(6rem, 1fr)', isExtra: 'first' },
      cell: ({ id }) => <span className="mono">{id}</span>,
    },
    {
      ...{ id: 'made', title: 'Made', width: '6rem', align: 'right', isExtra: true },
      cell: ({ created_at: at }) => <Time at={at} />,
      sortBy: ({ created_at: at }) => at,
    },
    {
      ...{ id: 'used', title: 'Last used', width: '6rem', align: 'right', isExtra: true },
      cell: ({ last_used_at: at }) => <Time at={at} />,
      sortBy: ({ last_used_at: at }) => at,
    },
    {
      ...{ id: 'ends', title: 'Ends', width: '6rem', align: 'right', isExtra: 'first' },
      cell: ({ expires_at: at }) => <Time at={at} />,
      sortBy: ({ expires_at: at }) => at,
    },
    {
      ...{ id: 'uses', title: 'Uses left', width: '5rem', align: 'right', isExtra: 'first' },
      cell: ({ uses_left: left }) => left ?? '',
      sortBy: ({ uses_left: left }) => left,
    },
    {
      ...{ id: 'revoke', title: 'Deed', width: '5rem', align: 'right' },
      cell: (token) =>
        isOver(token) ? (
          ''
        ) : (
          <Button
            deed
            small
            look="danger"
            aria-label={`Revoke the token of ${token.name}`}
            onClick={() => void revoke(token)}
          >
            Revoke
          </Button>
        ),
    },
  ];
}

function stateOf(token: Token): string {
  if (token.revoked_at !== null) return 'revoked';
  if (token.expires_at !== null && token.expires_at < Date.now() / 1000) return 'ended';
  return token.uses_left === 0 ? 'used up' : 'in use';
}

function isOver(token: Token): boolean {
  return stateOf(token) !== 'in use';
}
