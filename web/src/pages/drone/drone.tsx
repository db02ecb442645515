import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { api } from '../../api/api.ts';
import { useSwarm } from '../../live/use-swarm.ts';
import { stateOf } from '../../swarm/drones.ts';
import { RunningBuild } from '../../swarm/running-build.tsx';
import { Card } from '../../ui/card.tsx';
import { duration } from '../../ui/format.ts';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Time } from '../../ui/time.tsx';
import styles from './drone.module.css';
import { DroneActions } from './drone-actions.tsx';
import { DroneAudit } from './drone-audit.tsx';
import { DroneCare } from './drone-care.tsx';
import { DroneEvents } from './drone-events.tsx';
import { DroneFacts } from './drone-facts.tsx';
import { DroneHistory } from './drone-history.tsx';
import { DroneLoad } from './drone-load.tsx';
import { DroneSettings } from './drone-settings.tsx';

const here = getRouteApi('/fleet/$name');

/** One drone: what it does, why it does nothing else, how it fares, and what it may take. */
export function DronePage() {
  const { name } = here.useParams();
  const { range = '1h' } = here.useSearch();
  const navigate = here.useNavigate();
  const nodes = useSwarm('nodes');
  const builds = useSwarm('builds');
  const isLoaded = useSwarm('status') !== undefined;
  const node = [...nodes.values()].find((each) => each.name === name || each.id === name);
  const why = useQuery({
    queryKey: ['explain-drone', name],
    queryFn: () => api.explain({ query: { drone: name } }),
    refetchInterval: 30_000,
    enabled: node !== undefined,
  });
  if (node === undefined)
    return (
      <Page title={name}>
        {isLoaded ? (
          <Empty title={`No drone is called ${name}`}>It may have been removed, or has never registered here.</Empty>
        ) : (
          <Skeleton height="20rem" />
        )}
      </Page>
    );
  const running = [...builds.values()].filter(({ drone_id: id }) => id === node.id);
  const explained = why.data?.kind === 'drone' ? why.data : undefined;
  return (
    <Page
      title={node.name}
      says={
        <>
          <Pill state={stateOf(node)} /> · heard of <Time at={node.last_seen} />
        </>
      }
      actions={<DroneActions node={node} isGrounded={explained?.grounded_until != null} />}
    >
      <div className={styles['grid']}>
        <Card title="Builds" aside={<Slots used={running.length} slots={node.capabilities['slots']} />}>
          {running.length === 0 ? (
            <p className="dim">Nothing.</p>
          ) : (
            <div className={styles['builds']}>
              {running.map((build) => (
                <RunningBuild key={build.attempt} build={build} />
              ))}
            </div>
          )}
        </Card>
        <Card title="Why">
          {why.isError ? <Failure error={why.error} onRetry={() => void why.refetch()} /> : null}
          {why.isPending ? <Skeleton height="4rem" /> : null}
          {explained === undefined ? null : (
            <div className={styles['why']}>
              <p>{explained.headline}</p>
              <ul>
                {explained.details.map((detail) => (
                  <li key={detail}>{detail}</li>
                ))}
              </ul>
              {explained.holders.length === 0 ? null : (
                <ul>
                  {explained.holders.slice(0, 5).map(({ package: held, drone, waiting }) => (
                    <li key={held}>
                      <span className="mono">{held.replace(/^=/, '')}</span> holds up {waiting}
                      {drone === null ? '' : `, ${drone} builds it`}
                    </li>
                  ))}
                </ul>
              )}
            </div>
          )}
        </Card>
        <DroneLoad
          id={node.id}
          name={node.name}
          range={range}
          onRange={(search) => void navigate({ search, replace: true })}
        />
        <div className={styles['column']}>
          <DroneFacts node={node} />
          <DroneCare key={node.id} id={node.id} name={node.name} />
        </div>
        <div className={styles['column']}>
          <DroneSettings key={node.id} node={node} />
          <DroneEvents id={node.id} name={node.name} />
        </div>
        <DroneAudit name={node.name} />
        <DroneHistory id={node.id} name={node.name} ended={node.builds_completed + node.builds_failed} />
      </div>
      {explained?.last_asked_at == null ? null : (
        <p className="dim">
          It asked for work {duration(explained.at - explained.last_asked_at)} before this was looked up.
        </p>
      )}
    </Page>
  );
}

/** Builds side by side that it has room for, and how many of them there are. */
function Slots({ used, slots }: { readonly used: number; readonly slots: unknown }) {
  if (typeof slots !== 'number') return null;
  return (
    <span className={styles['slots']}>
      {slots <= MOST_SLOTS
        ? Array.from({ length: slots }, (_, index) => (
            <span
              key={index}
              className={`${styles['slot']} ${index < used ? styles['used'] : ''}`}
              aria-hidden="true"
            />
          ))
        : null}
      {used} of {slots} slots
    </span>
  );
}

/** More are only counted. */
const MOST_SLOTS = 16;
