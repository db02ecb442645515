import { getRouteApi } from '@tanstack/react-router';
import { useSwarm } from '../../live/use-swarm.ts';
import { Page } from '../../ui/page.tsx';
import { Attention } from './attention.tsx';
import { Controls } from './controls.tsx';
import { Course } from './course.tsx';
import { DroneStrip } from './drone-strip.tsx';
import styles from './overview.module.css';
import { Pace } from './pace.tsx';
import { SessionCard } from './session-card.tsx';
import { useSwarmHistory } from './use-swarm-history.ts';

const here = getRouteApi('/');

/** The whole swarm at a glance: how far, when done, who works, and what needs somebody. */
export function OverviewPage() {
  const status = useSwarm('status');
  const { range = '1h' } = here.useSearch();
  const navigate = here.useNavigate();
  const history = useSwarmHistory(range);
  return (
    <Page title="Overview" says={status?.session === null ? 'No session is open.' : status?.session.name}>
      <div className={styles['grid']}>
        <SessionCard />
        <Attention />
        <Pace range={range} history={history} onRange={(search) => void navigate({ search, replace: true })} />
        <Controls />
        <Course history={history} />
        <DroneStrip />
      </div>
    </Page>
  );
}
