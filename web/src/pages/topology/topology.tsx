import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo, useRef } from 'react';
import { useSwarm } from '../../live/use-swarm.ts';
import { NoDrones } from '../../swarm/no-drones.tsx';
import { Button } from '../../ui/button.tsx';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { useNow } from '../../ui/time.tsx';
import { Choice } from '../../ui/toolbar.tsx';
import { DroneList } from './drone-list.tsx';
import { Legend } from './legend.tsx';
import { type Draw, SwarmMap } from './map.tsx';
import { mapDrones } from './map-drones.ts';
import type { MessageKind } from './message-kinds.ts';
import type { Message } from './messages.ts';
import styles from './topology.module.css';
import { hiddenOf, type TopologySearch } from './topology-search.ts';
import { useMessages } from './use-messages.ts';
import { useFetches, useWire } from './use-wire.ts';

const here = getRouteApi('/topology');

const VIEWS = [
  { value: 'map', label: 'Map' },
  { value: 'list', label: 'List' },
] as const;

/** The parts of the swarm, and what goes between them as it happens. */
export function TopologyPage() {
  const { view = 'map', hide, still: isStill = false } = here.useSearch();
  const navigate = here.useNavigate();
  const set = (change: TopologySearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const drones = useDrones();
  const isLoaded = useSwarm('status') !== undefined;
  const hidden = useMemo(() => hiddenOf(hide), [hide]);
  const draw = useRef<Draw>(undefined);
  const onReady = useCallback((ready: Draw | undefined) => {
    draw.current = ready;
  }, []);
  const onMessages = useCallback((messages: readonly Message[]) => draw.current?.(messages), []);
  const traffic = useMessages(onMessages);
  const onFetches = useCallback(
    (messages: readonly Message[]) => {
      traffic.note(messages);
      onMessages(messages);
    },
    [traffic, onMessages],
  );
  useFetches(onFetches);
  const toggle = (kind: MessageKind) => {
    const next = hidden.has(kind) ? [...hidden].filter((each) => each !== kind) : [...hidden, kind];
    set({ hide: next.length === 0 ? undefined : next.join(',') });
  };
  const online = drones.all.filter(({ state }) => state !== 'offline' && state !== 'stale');
  const used = online.reduce((sum, drone) => sum + drone.used, 0);
  const slots = online.reduce((sum, drone) => sum + (drone.slots ?? drone.used), 0);
  return (
    <Page
      title="Topology"
      full
      says={
        isLoaded
          ? `${online.length} of ${count(drones.all.length, 'drone')} online, ${used} of ${slots} slots in use`
          : '…'
      }
      actions={
        <>
          {view === 'map' ? (
            <Button
              aria-pressed={isStill}
              icon={<Icon name={isStill ? 'play' : 'pause'} />}
              onClick={() => set({ still: isStill ? undefined : true })}
            >
              {isStill ? 'Let messages move' : 'Hold messages'}
            </Button>
          ) : null}
          <Choice
            label="View"
            options={VIEWS}
            value={view}
            onChange={(value) => set({ view: value === 'map' ? undefined : value })}
          />
        </>
      }
    >
      {isLoaded ? null : <Skeleton height="30rem" />}
      {isLoaded && drones.all.length === 0 ? <NoDrones /> : null}
      {isLoaded && view === 'map' ? (
        <div className={styles['place']}>
          <SwarmMap
            drones={drones.all}
            wire={drones.wire}
            traffic={traffic}
            hidden={hidden}
            isStill={isStill}
            onReady={onReady}
          />
          <Legend hidden={hidden} traffic={traffic} onToggle={toggle} />
        </div>
      ) : null}
      {view === 'list' && drones.all.length > 0 ? <DroneList drones={drones.all} traffic={traffic} /> : null}
    </Page>
  );
}

function useDrones() {
  const nodes = useSwarm('nodes');
  const builds = useSwarm('builds');
  const health = useSwarm('status')?.drone_health;
  const wire = useWire();
  // Whether somebody is still grounded changes with time alone.
  const now = Math.floor(useNow() / 10) * 10;
  const all = useMemo(
    () => mapDrones({ nodes, builds, health, latencies: wire.drones, now }),
    [nodes, builds, health, wire.drones, now],
  );
  return { all, wire };
}
