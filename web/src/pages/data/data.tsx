import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from 'react';
import { api } from '../../api/api.ts';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import styles from './data.module.css';
import { LONGEST_IN_ADDRESS } from './data-search.ts';
import type { EditorHandle } from './editor.tsx';
import { forget, readHistory, readSaved, remember, save } from './kept-queries.ts';
import { QueryBar } from './query-bar.tsx';
import { ResultsView } from './results-view.tsx';
import { tablesOf } from './schema.ts';
import { SchemaTree } from './schema-tree.tsx';
import { BUSY_MS, BUSY_TRIES, isBusy, type QueryRun, useQueryRun } from './use-query-run.ts';

const Editor = lazy(async () => ({ default: (await import('./editor.tsx')).Editor }));

const here = getRouteApi('/data');
const ROWS = 1_000;
const FIRST = 'SELECT name, status, cores, builds_completed, builds_failed\nFROM nodes\nORDER BY name';

/** Free questions about the database: they cannot change anything, and end after some seconds. */
export function DataPage() {
  const { q } = here.useSearch();
  const navigate = here.useNavigate();
  const [text, setText] = useState(q ?? FIRST);
  const [limit, setLimit] = useState(ROWS);
  const [past, setPast] = useState(readHistory);
  const [saved, setSaved] = useState(readSaved);
  const [editor, setEditor] = useState<EditorHandle>();
  const { run, start, stop } = useQueryRun();
  const { tables, error, refetch, isPending } = useTables();
  // What an address asks is answered at once: it can change nothing, and is over after some seconds.
  const [first] = useState(q);
  useEffect(() => {
    if (first !== undefined) void start(first, ROWS, 0);
  }, [first, start]);
  const ask = (sql: string, from = 0) => {
    if (sql.trim() === '') return;
    setPast(remember({ sql: sql.trim(), at: Date.now() / 1000 }));
    if (sql.length <= LONGEST_IN_ADDRESS) void navigate({ search: { q: sql }, replace: true, resetScroll: false });
    void start(sql, limit, from);
  };
  const pick = (sql: string) => {
    setText(sql);
    ask(sql);
  };
  return (
    <Page title="Data" full says="Ask the database anything. Nothing can be changed from here.">
      {error === null ? null : <Failure error={error} onRetry={refetch} />}
      <div className={styles['page']}>
        <Schema>
          {isPending ? <Skeleton height="16rem" /> : null}
          <SchemaTree
            tables={tables}
            onOpen={(table) => pick(`SELECT *\nFROM ${nameIn(table)}\nLIMIT 50`)}
            onName={(name) => editor?.insert(nameIn(name))}
          />
        </Schema>
        <div className={styles['work']}>
          <div className={styles['write']}>
            <Suspense fallback={<Skeleton height="100%" />}>
              <Editor
                value={text}
                onChange={setText}
                onRun={ask}
                tables={tables}
                errorAt={run.state === 'failed' ? run.failure.offset : undefined}
                onReady={setEditor}
              />
            </Suspense>
          </div>
          <QueryBar
            text={text}
            run={run}
            limit={limit}
            saved={saved}
            past={past}
            onRun={() => ask(text)}
            onStop={stop}
            onLimit={setLimit}
            onPick={pick}
            onSave={(name) => setSaved(save({ name, sql: text, at: Date.now() / 1000 }))}
            onForget={(name) => setSaved(forget(name))}
          />
          <Answered run={run} />
        </div>
      </div>
    </Page>
  );
}

/** Beside the editor where there is room, folded above it where there is little. */
function Schema({ children }: { readonly children: ReactNode }) {
  const [isWide] = useState(() => matchMedia('(min-width: 56rem)').matches);
  return (
    <details className={styles['schema']} open={isWide}>
      <summary>Tables</summary>
      {children}
    </details>
  );
}

function Answered({ run }: { readonly run: QueryRun }) {
  switch (run.state) {
    case 'idle':
      return (
        <Empty title="Nothing asked yet">
          <p>
            Ctrl-Enter asks; of a selected part only that. A click on a table looks into it, and the shortcuts have
            ready-made questions.
          </p>
        </Empty>
      );
    case 'running':
      return run.before === undefined ? <Skeleton height="100%" /> : <ResultsView answer={run.before} />;
    case 'done':
      return <ResultsView answer={run.answer} />;
    case 'stopped':
      return <Empty title="Stopped">The query was ended before it was answered.</Empty>;
    case 'failed':
      return (
        <div className={styles['failed']} role="alert">
          <p className={styles['failedWords']}>
            {run.failure.error instanceof Error ? run.failure.error.message : String(run.failure.error)}
          </p>
          {run.failure.where === undefined ? null : <p className="dim">{run.failure.where}</p>}
        </div>
      );
  }
}

function useTables() {
  // One after the other, and again where others ask too: there is room for few questions at a time.
  const busy = {
    retry: (failures: number, error: Error) => isBusy(error) && failures < BUSY_TRIES,
    retryDelay: BUSY_MS,
  };
  const schema = useQuery({ queryKey: ['sql', 'schema'], queryFn: () => api.sqlSchema(), staleTime: 300_000, ...busy });
  const counts = useQuery({
    ...{ queryKey: ['sql', 'tables'], queryFn: () => api.sqlTables(), staleTime: 30_000, ...busy },
    enabled: schema.isSuccess,
  });
  const tables = useMemo(() => tablesOf(schema.data?.schema ?? [], counts.data?.tables), [schema.data, counts.data]);
  const refetch = () => {
    void schema.refetch();
    void counts.refetch();
  };
  return { tables, error: schema.error, isPending: schema.isPending, refetch };
}

/** A name as SQL takes it. */
function nameIn(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
