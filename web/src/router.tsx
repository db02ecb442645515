import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router';
import { type ShellSearch, shellSearch } from './live/replay-wish.ts';
import { architectureSearch } from './pages/architecture/architecture-search.ts';
import { dataSearch } from './pages/data/data-search.ts';
import { eventsSearch } from './pages/events/events-search.ts';
import { fleetSearch } from './pages/fleet/fleet-search.ts';
import { graphSearch } from './pages/graph/graph-search.ts';
import { historySearch } from './pages/history/history-search.ts';
import { queueSearch } from './pages/queue/queue-search.ts';
import { compareSearch, sessionSearch, sessionsSearch } from './pages/sessions/sessions-search.ts';
import { settingsSearch } from './pages/settings/settings-search.ts';
import { statisticsSearch } from './pages/statistics/statistics-search.ts';
import { timelineSearch } from './pages/timeline/timeline-search.ts';
import { topologySearch } from './pages/topology/topology-search.ts';
import { wireSearch } from './pages/wire/wire-search.ts';
import { Shell } from './shell/shell.tsx';
import { rangeSearch } from './swarm/time-range.ts';
import { Empty, Failure, Skeleton } from './ui/notice.tsx';
import { Page } from './ui/page.tsx';

const root = createRootRoute({
  validateSearch: shellSearch,
  // A replay goes on from page to page.
  search: { middlewares: [retainSearchParams<ShellSearch>(['replay'])] },
  component: Shell,
  notFoundComponent: () => (
    <Page title="Not found">
      <Empty title="There is no such page">
        <Link to="/">To the overview</Link>
      </Empty>
    </Page>
  ),
});

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: rangeSearch,
  component: lazyRouteComponent(() => import('./pages/overview/overview.tsx'), 'OverviewPage'),
});

const fleet = createRoute({
  getParentRoute: () => root,
  path: '/fleet',
  validateSearch: fleetSearch,
  component: lazyRouteComponent(() => import('./pages/fleet/fleet.tsx'), 'FleetPage'),
});

const drone = createRoute({
  getParentRoute: () => root,
  path: '/fleet/$name',
  validateSearch: rangeSearch,
  component: lazyRouteComponent(() => import('./pages/drone/drone.tsx'), 'DronePage'),
});

const topology = createRoute({
  getParentRoute: () => root,
  path: '/topology',
  validateSearch: topologySearch,
  component: lazyRouteComponent(() => import('./pages/topology/topology.tsx'), 'TopologyPage'),
});

const architecture = createRoute({
  getParentRoute: () => root,
  path: '/architecture',
  validateSearch: architectureSearch,
  component: lazyRouteComponent(() => import('./pages/architecture/architecture.tsx'), 'ArchitecturePage'),
});

const queue = createRoute({
  getParentRoute: () => root,
  path: '/queue',
  validateSearch: queueSearch,
  component: lazyRouteComponent(() => import('./pages/queue/queue.tsx'), 'QueuePage'),
});

const graph = createRoute({
  getParentRoute: () => root,
  path: '/graph',
  validateSearch: graphSearch,
  component: lazyRouteComponent(() => import('./pages/graph/graph.tsx'), 'GraphPage'),
});

const aPackage = createRoute({
  getParentRoute: () => root,
  path: '/packages/$category/$name',
  component: lazyRouteComponent(() => import('./pages/package/package.tsx'), 'PackagePage'),
});

const build = createRoute({
  getParentRoute: () => root,
  path: '/builds/$attempt',
  component: lazyRouteComponent(() => import('./pages/build/build.tsx'), 'BuildPage'),
});

const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  validateSearch: eventsSearch,
  component: lazyRouteComponent(() => import('./pages/events/events.tsx'), 'EventsPage'),
});

const history = createRoute({
  getParentRoute: () => root,
  path: '/history',
  validateSearch: historySearch,
  component: lazyRouteComponent(() => import('./pages/history/history.tsx'), 'HistoryPage'),
});

const sessions = createRoute({
  getParentRoute: () => root,
  path: '/sessions',
  validateSearch: sessionsSearch,
  component: lazyRouteComponent(() => import('./pages/sessions/sessions.tsx'), 'SessionsPage'),
});

const comparison = createRoute({
  getParentRoute: () => root,
  path: '/sessions/compare',
  validateSearch: compareSearch,
  component: lazyRouteComponent(() => import('./pages/sessions/compare.tsx'), 'ComparePage'),
});

const session = createRoute({
  getParentRoute: () => root,
  path: '/sessions/$id',
  validateSearch: sessionSearch,
  component: lazyRouteComponent(() => import('./pages/sessions/session.tsx'), 'SessionPage'),
});

const wire = createRoute({
  getParentRoute: () => root,
  path: '/wire',
  validateSearch: wireSearch,
  component: lazyRouteComponent(() => import('./pages/wire/wire.tsx'), 'WirePage'),
});

const replay = createRoute({
  getParentRoute: () => root,
  path: '/replay',
  component: lazyRouteComponent(() => import('./pages/replay/replay.tsx'), 'ReplayPage'),
});

const statistics = createRoute({
  getParentRoute: () => root,
  path: '/statistics',
  validateSearch: statisticsSearch,
  component: lazyRouteComponent(() => import('./pages/statistics/statistics.tsx'), 'StatisticsPage'),
});

const timeline = createRoute({
  getParentRoute: () => root,
  path: '/timeline',
  validateSearch: timelineSearch,
  component: lazyRouteComponent(() => import('./pages/timeline/timeline.tsx'), 'TimelinePage'),
});

const data = createRoute({
  getParentRoute: () => root,
  path: '/data',
  validateSearch: dataSearch,
  component: lazyRouteComponent(() => import('./pages/data/data.tsx'), 'DataPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: settingsSearch,
  component: lazyRouteComponent(() => import('./pages/settings/settings.tsx'), 'SettingsPage'),
});

const published = createRoute({
  getParentRoute: () => root,
  path: '/published',
  validateSearch: ({ text }: Record<string, unknown>): { text?: string } =>
    typeof text === 'string' && text !== '' ? { text: text.slice(0, 200) } : {},
  component: lazyRouteComponent(() => import('./pages/published/published.tsx'), 'PublishedPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    timeline,
    graph,
    wire,
    replay,
    sessions,
    comparison,
    session,
    statistics,
    data,
    settings,
    topology,
    architecture,
    published,
    events,
    history,
    overview,
    fleet,
    drone,
    queue,
    aPackage,
    build,
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: () => (
    <Page title="…">
      <Skeleton height="12rem" />
    </Page>
  ),
  defaultErrorComponent: ({ error, reset }) => <Failure error={error} onRetry={reset} />,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
