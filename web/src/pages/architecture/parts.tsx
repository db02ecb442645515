import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '../../api/api.ts';
import { useSwarm } from '../../live/use-swarm.ts';
import { Card } from '../../ui/card.tsx';
import { bytes, count, duration, number } from '../../ui/format.ts';
import { Arrow } from './arrow.tsx';
import styles from './parts.module.css';

/** Who talks to whom, what each keeps, and how much of it there is here. */
export function Parts() {
  return (
    <Card title="The parts" aside={<Link to="/topology">See them at work</Link>}>
      <div className={styles['parts']}>
        <Part name="Operators" says="The command line, this dashboard, and scripts.">
          <p>They ask and give orders over HTTP, and follow one stream of events.</p>
        </Part>
        <Arrow there="asks, orders" back="answers, events" />
        <ControlPlane />
        <Arrow there="publishes" />
        <Binhost />
        <Arrow there="index, packages" />
        <Part name="Clients" says="Gentoo machines.">
          <p>
            <code>emerge --getbinpkg</code> installs what was built.
          </p>
          <p>
            <Link to="/published">How to set one up</Link>
          </p>
        </Part>
        <div className={styles['down']}>
          <Arrow there="work, what to stop" back="signs of life, logs, packages, reports" isUpright />
        </div>
        <Drones />
      </div>
    </Card>
  );
}

function ControlPlane() {
  const status = useSwarm('status');
  const health = useQuery({ queryKey: ['health'], queryFn: () => api.health(), refetchInterval: 60_000 });
  const ready = useQuery({ queryKey: ['ready'], queryFn: () => api.ready(), refetchInterval: 60_000, retry: false });
  return (
    <Part name="Control plane" says="The only one who decides, and the only one who remembers." isMain>
      <ul className={styles['organs']}>
        <li>
          <b>HTTP</b> one port for all of it: {location.host}
        </li>
        <li>
          <b>Scheduler</b> who builds what, by the plan and by learned durations
        </li>
        <li>
          <b>State</b> one database file{ready.data === undefined ? '' : `, ${bytes(ready.data.store.size_bytes)}`}
        </li>
        <li>
          <b>Publisher</b> checks what arrives, and writes the index
        </li>
        <li>
          <b>Protocol log</b> every exchange, in a file of its own
        </li>
      </ul>
      <p className={styles['facts']}>
        {status === undefined ? '' : `Version ${status.version}`}
        {health.data === undefined ? '' : `, up for ${duration(health.data.uptime_s)}`}
      </p>
    </Part>
  );
}

function Binhost() {
  const received = useSwarm('counts')?.received ?? 0;
  const found = useQuery({
    // What is received is published a moment later.
    queryKey: ['binhost-size', Math.floor(received / 10)],
    queryFn: () => api.binpkgs({ query: { limit: 1 } }),
    placeholderData: (before) => before,
    retry: false,
  });
  return (
    <Part name="Binhost" says="Package files, and the index that emerge reads.">
      <p className={styles['facts']}>
        {found.data === undefined ? '' : `${count(found.data.total, 'package')}, ${bytes(found.data.total_bytes)}`}
      </p>
    </Part>
  );
}

function Drones() {
  const nodes = [...useSwarm('nodes').values()];
  const builds = useSwarm('builds');
  const online = nodes.filter((node) => node.online);
  const sweepers = nodes.filter(({ type }) => type === 'sweeper').length;
  const cores = online.reduce((sum, node) => sum + (node.cores ?? 0), 0);
  return (
    <div className={styles['drones']}>
      <Part name="Drones" says="Build machines. Each keeps nothing that another could not build again.">
        <p>
          An agent asks for work, runs <code>emerge</code> in a place of its own for each build, sends up the log while
          it runs, and the package when it is done.
        </p>
        <p className={styles['facts']}>
          {online.length} of {number(nodes.length)} online with {count(cores, 'core')}, {count(builds.size, 'build')}{' '}
          going on
          {sweepers === 0 ? '' : `, ${count(sweepers, 'sweeper')}`}
        </p>
      </Part>
    </div>
  );
}

type PartProps = {
  readonly name: string;
  readonly says: string;
  readonly isMain?: boolean;
  readonly children: ReactNode;
};

function Part({ name, says, isMain, children }: PartProps) {
  return (
    <section className={`${styles['part']} ${isMain === true ? styles['main'] : ''}`}>
      <h3 className={styles['name']}>{name}</h3>
      <p>{says}</p>
      {children}
    </section>
  );
}
