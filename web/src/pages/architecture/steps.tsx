import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Setting } from './settings.tsx';

/** A step in the life of a package. */
export type Step = {
  readonly id: string;
  readonly title: string;
  /** The state that the queue shows meanwhile, as pills know it. */
  readonly state: string;
  readonly who: string;
  readonly says: ReactNode;
  /** What goes over the wire. */
  readonly wire?: string;
  /** Where it can be seen. */
  readonly see?: ReactNode;
};

export const STEPS: readonly Step[] = [
  {
    id: 'asked',
    title: 'Asked for',
    state: 'needed',
    who: 'Somebody, and a drone with Portage',
    says: (
      <>
        <p>
          <code>build-swarmv3 fresh</code> resolves a set of packages as if nothing were installed: what has to be
          built, in which version, with which USE flags, and what each needs first. That plan is resolved once, and
          every build keeps to it.
        </p>
        <p>
          Its packages go into the queue as a session. A plan that was queued before, or is built already, is not built
          again.
        </p>
      </>
    ),
    wire: 'POST /api/v1/queue',
    see: <Link to="/sessions">Sessions</Link>,
  },
  {
    id: 'waits',
    title: 'Waits',
    state: 'needed',
    who: 'The control plane',
    says: (
      <p>
        A package waits while anything that its build needs, or that those need to run, is not in the binhost yet. That
        is no state of its own: it follows from the plan and from what is there, so it cannot be wrong for long. The
        queue says for each what it waits for.
      </p>
    ),
    see: (
      <>
        <Link to="/queue">Queue</Link>, <Link to="/graph">graph</Link>
      </>
    ),
  },
  {
    id: 'ready',
    title: 'Ready',
    state: 'ready',
    who: 'The scheduler',
    says: (
      <p>
        All of it is there. The packages with the longest chain of work behind them come first; which drone should have
        one is decided by how long it took before, on drones like that. Big ones are kept apart: at most{' '}
        <Setting name="SWARM_GIANTS_PER_DRONE" /> at once on a drone.
      </p>
    ),
    see: <Link to="/queue">Queue</Link>,
  },
  {
    id: 'granted',
    title: 'Handed out',
    state: 'delegated',
    who: 'A drone with a free slot',
    says: (
      <>
        <p>
          A drone asks for work and is answered when there is some. What it gets has a number: the attempt. A report
          that quotes an attempt which is no longer current changes nothing, however late it comes.
        </p>
        <p>
          The drone has it on a lease, which every sign of life renews. After <Setting name="SWARM_LEASE_S" /> of
          silence it is somebody else’s.
        </p>
      </>
    ),
    wire: 'GET /api/v1/work',
    see: <Link to="/timeline">Timeline</Link>,
  },
  {
    id: 'built',
    title: 'Built',
    state: 'delegated',
    who: 'emerge, on the drone',
    says: (
      <p>
        The drone installs exactly the dependencies of the plan from the binhost, and builds. With each heartbeat it
        says in which phase it is, and the log comes up while it is written. A build may take{' '}
        <Setting name="SWARM_TIMEOUT_FACTOR" /> times what is expected of it, at least{' '}
        <Setting name="SWARM_TIMEOUT_FLOOR_S" />; one that makes no progress at all is ended sooner, after{' '}
        <Setting name="SWARM_SILENT_FLOOR_S" /> or more.
      </p>
    ),
    wire: 'POST /api/v1/register, POST /api/v1/attempts/N/log',
    see: <Link to="/fleet">Fleet</Link>,
  },
  {
    id: 'shipped',
    title: 'Delivered',
    state: 'delegated',
    who: 'The drone, then the control plane',
    says: (
      <p>
        The package file comes up with its checksum. The control plane believes nothing: it reads the file itself, and
        its name, version, USE flags and digests must be those of the plan. What does not fit is refused with the
        difference spelled out, and built again.
      </p>
    ),
    wire: 'PUT /api/v1/attempts/N/package, POST /api/v1/complete',
    see: <Link to="/wire">Wire</Link>,
  },
  {
    id: 'received',
    title: 'Published',
    state: 'received',
    who: 'The publisher',
    says: (
      <p>
        The file is moved to its place, then the index is replaced as a whole: a client never sees an entry without its
        file. Packages that waited for this one are ready from then on.
      </p>
    ),
    see: <Link to="/published">Binhost</Link>,
  },
  {
    id: 'installed',
    title: 'Installed',
    state: 'received',
    who: 'Your machines',
    says: (
      <p>
        <code>emerge --getbinpkg</code> reads the index, takes the package and installs it: in seconds what was hours of
        compiling, and the same on each machine.
      </p>
    ),
    wire: 'GET /binhost/Packages',
    see: <Link to="/published">How to set up a client</Link>,
  },
];
