import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { startTransition, useCallback, useMemo, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { count, duration, number } from '../../ui/format.ts';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import styles from './graph.module.css';
import type { GraphSearch, View } from './graph-search.ts';
import { GraphToolbar } from './graph-toolbar.tsx';
import { Legend } from './legend.tsx';
import { PackagePanel } from './package-panel.tsx';
import { PathList } from './path-list.tsx';
import type { GraphReply, PlanNode } from './plan-model.ts';
import { Stage } from './stage.tsx';
import { type Graph, useGraph, useSessions } from './use-graph.ts';
import { useNarrow } from './use-narrow.ts';
import { useScene } from './use-scene.ts';
import { useShown } from './use-shown.ts';
import { Working } from './working.tsx';

/** The plan of a session: who needs whom, how each stands, and the chain that decides the end. */
export function GraphPage() {
  const search: GraphSearch = useSearch({ strict: false });
  const change = useChange();
  const { sessions, id, error: sessionsError, refetch: refetchSessions } = useSessions(search.session);
  const { graph, error, refetch } = useGraph(id, search.focus);
  const isNarrow = useNarrow();
  const view = search.view ?? (isNarrow ? 'path' : 'graph');
  if (sessions === undefined || (graph === undefined && id !== undefined)) {
    const failure = sessionsError ?? error;
    const retry = () => void (sessionsError === null ? refetch() : refetchSessions());
    return (
      <Page title="Graph" full>
        {failure === null ? <Skeleton height="100%" /> : <Failure error={failure} onRetry={retry} />}
      </Page>
    );
  }
  if (graph === undefined)
    return (
      <Page title="Graph" full>
        <Empty title="Nothing is planned yet">
          <p>
            Let Portage plan a world with <code>build-swarmv3 fresh</code>: its packages are shown here, with what each
            of them needs.
          </p>
        </Empty>
      </Page>
    );
  return <GraphOf key={graph.reply.session.id} {...{ graph, search, sessions, view, change }} />;
}

type Props = {
  readonly graph: Graph;
  readonly search: GraphSearch;
  readonly sessions: NonNullable<ReturnType<typeof useSessions>['sessions']>;
  readonly view: View;
  readonly change: (next: GraphSearch, replace?: boolean) => void;
};

function GraphOf({ graph, search, sessions, view, change }: Props) {
  const { reply, shape, nodes } = graph;
  const shown = useShown(graph, search);
  // The line of the drawing stays where it was begun, while the path itself goes on.
  const [firstPath] = useState(reply.critical_path.packages);
  const { scene, order, isWorking, error } = useScene(shape, {
    ...{ shown: shown.places, folded: shown.folded, path: firstPath, order: search.order },
  });
  const drawn = scene?.shown ?? shown.places;
  const own = useMemo(() => new Map(drawn.map((place, at) => [place, at])), [drawn]);
  const drawnNodes = useMemo(() => drawn.flatMap((place) => nodes[place] ?? []), [drawn, nodes]);
  const path = useMemo(() => reply.critical_path.packages.flatMap((place) => own.get(place) ?? []), [reply, own]);
  const marked = search.at === undefined ? undefined : shape.places.get(search.at);
  const mark = useCallback((cpv: string | undefined) => change({ at: cpv }), [change]);
  const focus = useCallback(
    (cpv: string | undefined) => change({ focus: cpv, side: undefined, reach: undefined }, false),
    [change],
  );
  const pick = (cpv: string) => {
    const place = shape.places.get(cpv);
    const isShown = view === 'path' || (place !== undefined && shown.places.includes(place));
    change(isShown ? { at: cpv } : { at: cpv, focus: undefined, side: undefined, reach: undefined, fold: undefined });
  };
  const cpvOf = (at: number | undefined) => (at === undefined ? undefined : drawnNodes[at]?.cpv);
  return (
    <Page title="Graph" full says={saysPlan(reply)}>
      <GraphToolbar
        {...{ search, sessions, nodes, view, order }}
        session={reply.session.id}
        unfolded={shown.finishedSince}
        onFoldMore={shown.foldAgain}
        onPick={pick}
        onChange={change}
      />
      {view === 'graph' ? <Legend nodes={nodes} reply={reply} /> : null}
      <div className={styles['split']}>
        {view === 'path' ? (
          <PathList reply={reply} nodes={nodes} marked={marked} onPick={pick} />
        ) : !reply.has_plan ? (
          <NoPlan reply={reply} />
        ) : shown.places.length === 0 ? (
          <AllFolded nodes={nodes} onUnfold={() => change({ fold: undefined })} />
        ) : error !== undefined ? (
          <Failure error={error} />
        ) : scene !== undefined ? (
          <Stage
            {...{ scene, path, isWorking, nodes: drawnNodes }}
            marked={marked === undefined ? undefined : own.get(marked)}
            hasImplied={search.implied === true}
            foldedOf={shown.foldedNeedsOf}
            label={`Plan of ${reply.session.name}`}
            onMark={(at) => mark(cpvOf(at))}
            onFocus={(at) => focus(cpvOf(at))}
            onLeave={() => (search.at === undefined ? focus(undefined) : mark(undefined))}
          />
        ) : (
          <Working amount={shown.places.length} />
        )}
        {marked === undefined ? null : (
          <PackagePanel
            place={marked}
            {...{ nodes, shape }}
            isFocus={search.focus === search.at}
            onPick={pick}
            onFocus={focus}
            onClose={() => mark(undefined)}
          />
        )}
      </div>
    </Page>
  );
}

function useChange() {
  const navigate = useNavigate({ from: '/graph' });
  return useCallback(
    (next: GraphSearch, replace = true) =>
      startTransition(() => {
        void navigate({
          to: '/graph',
          search: (before: GraphSearch) => ({ ...before, ...next }),
          replace,
          resetScroll: false,
        });
      }),
    [navigate],
  );
}

function saysPlan({ session, total, nodes, critical_path: path }: GraphReply): string {
  const part =
    nodes.length < total ? `, of which the ${number(nodes.length)} that decide most about the end are shown` : '';
  const chain = path.of === 'left' ? 'The longest chain of builds still takes' : 'The longest chain of builds took';
  const says = path.packages.length === 0 ? '' : ` ${chain} ${duration(path.total_s)}.`;
  return `${session.name}: ${count(total, 'package')}${part}.${says}`;
}

function NoPlan({ reply }: { readonly reply: GraphReply }) {
  return (
    <Empty title="This session has no plan">
      <p>
        {reply.session.name} was queued as a list of packages, and emerge finds out for each what it needs. Queue with{' '}
        <code>build-swarmv3 fresh</code> to have a plan. <Link to="/queue">To the queue</Link>
      </p>
    </Empty>
  );
}

function AllFolded({ nodes, onUnfold }: { readonly nodes: readonly PlanNode[]; readonly onUnfold: () => void }) {
  return (
    <Empty title="Everything that would be shown is finished">
      <p>{count(nodes.length, 'package')} folded away.</p>
      <Button onClick={onUnfold}>Unfold</Button>
    </Empty>
  );
}
