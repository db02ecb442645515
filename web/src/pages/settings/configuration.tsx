import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { api } from '../../api/api.ts';
import { Button } from '../../ui/button.tsx';
import { DataTable, type TableColumn } from '../../ui/data-table.tsx';
import { count } from '../../ui/format.ts';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { Choice, SearchField } from '../../ui/toolbar.tsx';
import { SettingPanel } from './setting-panel.tsx';
import { type Setting, valueText } from './setting-words.ts';
import styles from './settings.module.css';
import type { SettingsSearch } from './settings-search.ts';

const here = getRouteApi('/settings');
const NONE: readonly Setting[] = [];

/** Every setting with its value and where that comes from. They are changed where the control plane is started. */
export function ConfigurationSection() {
  const { text = '', changed, open } = here.useSearch();
  const navigate = here.useNavigate();
  const found = useQuery({ queryKey: ['configuration'], queryFn: () => api.configuration() });
  const all = found.data?.settings ?? NONE;
  const shown = useMemo(() => all.filter((each) => isShown(each, { text, changed })), [all, text, changed]);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const group = useMemo(() => {
    const chapters = [...new Set(all.map(({ chapter }) => chapter))];
    return {
      by: ({ chapter }: Setting) => chapter,
      compare: (a: string, b: string) => chapters.indexOf(a) - chapters.indexOf(b),
      folded,
      onFold: (key: string) =>
        setFolded((before) => {
          const after = new Set(before);
          if (!after.delete(key)) after.add(key);
          return after;
        }),
    };
  }, [all, folded]);
  const set = (change: SettingsSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const setting = open === undefined ? undefined : all.find(({ name }) => name === open);
  if (found.isError) return <Failure error={found.error} onRetry={() => void found.refetch()} />;
  const given = all.filter(({ source }) => source !== 'default').length;
  return (
    <>
      <div className={styles['bar']}>
        <SearchField
          label="Settings"
          value={text}
          onChange={(value) => set({ text: value === '' ? undefined : value })}
        />
        <Choice
          label="Which settings"
          options={[
            { value: 'all', label: 'All', count: found.isSuccess ? all.length : undefined },
            { value: 'changed', label: 'Set by somebody', count: found.isSuccess ? given : undefined },
          ]}
          value={changed === true ? 'changed' : 'all'}
          onChange={(value) => set({ changed: value === 'changed' ? true : undefined })}
        />
        <p className={styles['remark']}>
          {found.data === undefined
            ? ''
            : `As at the last start. Configuration file: ${found.data.file ?? 'none'}. Secrets are not shown.`}
        </p>
      </div>
      {found.isPending ? <Skeleton height="100%" /> : null}
      {found.isSuccess ? (
        <div className={styles['split']}>
          <DataTable
            label="Settings"
            rows={shown}
            columns={COLUMNS}
            keyOf={({ name }) => name}
            group={group}
            opened={open}
            onOpen={({ name }) => set({ open: name })}
            empty={
              all.length === 0 ? (
                <Empty title="This control plane does not say its settings">
                  They are printed by <code>build-swarmv3 config show</code>.
                </Empty>
              ) : (
                <Empty title="No setting is like that">
                  <p>{count(all.length, 'setting')} there are.</p>
                  <Button onClick={() => set({ text: undefined, changed: undefined })}>Show all</Button>
                </Empty>
              )
            }
          />
          {setting === undefined ? null : <SettingPanel setting={setting} onClose={() => set({ open: undefined })} />}
        </div>
      ) : null}
    </>
  );
}

const COLUMNS: readonly TableColumn<Setting>[] = [
  {
    ...{ id: 'name', title: 'Setting', width: 'minmax(9rem, 1.2fr)' },
    cell: ({ name }) => <span className="mono">{name}</span>,
  },
  {
    ...{ id: 'value', title: 'Value', width: 'minmax(6rem, 1.2fr)' },
    cell: (setting) => (
      <span className={setting.source === 'default' ? 'dim' : styles['given']}>{valueText(setting)}</span>
    ),
  },
  {
    ...{ id: 'source', title: 'From', width: 'minmax(8rem, 1.4fr)', isExtra: true },
    cell: ({ source, source_text: words }) => <span className={source === 'default' ? 'dim' : undefined}>{words}</span>,
  },
  {
    ...{ id: 'default', title: 'Default', width: 'minmax(8rem, 1.4fr)', isExtra: 'first' },
    cell: ({ default: fallback }) => <span className="dim">{fallback}</span>,
  },
];

function isShown(
  { name, why, chapter, source, value }: Setting,
  { text = '', changed }: Pick<SettingsSearch, 'text' | 'changed'>,
): boolean {
  if (changed === true && source === 'default') return false;
  return `${name} ${chapter} ${why} ${value ?? ''}`.toLowerCase().includes(text.trim().toLowerCase());
}
