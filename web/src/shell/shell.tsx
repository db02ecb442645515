import { Link, Outlet, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useCallback, useMemo, useState } from 'react';
import type { Replay } from '../live/replay.ts';
import { readWish } from '../live/replay-wish.ts';
import { liveStore, SwarmContext, useSwarm } from '../live/use-swarm.ts';
import { Button, NoDeedsContext } from '../ui/button.tsx';
import { ConfirmProvider } from '../ui/confirm.tsx';
import { Icon } from '../ui/icons.tsx';
import { Skeleton } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { ClockContext, presentClock } from '../ui/time.tsx';
import { Toasts } from '../ui/toasts.tsx';
import { ConnectionBanner } from './connection.tsx';
import { useKeys } from './keys.ts';
import { Login } from './login.tsx';
import { PLACES, type Place } from './places.ts';
import { SessionStrip } from './session-strip.tsx';
import styles from './shell.module.css';
import { ThemeSwitch } from './theme-switch.tsx';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));
const ReplayBar = lazy(async () => ({ default: (await import('../pages/replay/replay-bar.tsx')).ReplayBar }));

/** What stays while pages change: the way around, how the session stands, and whether all this is live. */
export function Shell() {
  const connection = useSwarm('connection');
  const [isOpen, setOpen] = useState(false);
  const [hasPalette, setPalette] = useState(false);
  const { replay: replayed } = useSearch({ strict: false });
  const wish = useMemo(() => readWish(replayed), [replayed]);
  const [replay, setReplay] = useState<Replay>();
  const navigate = useNavigate();
  const openPalette = useCallback(() => setPalette(true), []);
  const closePalette = useCallback(() => setPalette(false), []);
  const go = useCallback(
    (key: string) => {
      const place = PLACES.find((each) => each.key === key);
      if (place !== undefined) void navigate({ to: place.to });
    },
    [navigate],
  );
  useKeys({ onPalette: openPalette, onGo: go });
  return (
    <InTime replay={replay} isPast={wish !== undefined}>
      <a className={styles['skip']} href="#main">
        To the content
      </a>
      <div className={styles['frame']}>
        <header className={styles['top']}>
          <Button look="ghost" className={styles['burger']} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <Icon name="menu" />
            <span className="visually-hidden">Menu</span>
          </Button>
          <Link to="/" className={styles['brand']} aria-label="Build Swarm">
            <img src="/favicon.svg" width="24" height="24" alt="" />
            <span>Build Swarm</span>
          </Link>
          <SessionStrip />
          <div className={styles['tools']}>
            <Button look="ghost" onClick={openPalette} aria-keyshortcuts="Control+K" title="Go to, or do (Ctrl-K)">
              <Icon name="search" />
              <span className={styles['find']}>Find</span>
            </Button>
            <ThemeSwitch />
          </div>
        </header>
        <nav className={`${styles['nav']} ${isOpen ? styles['open'] : ''}`} aria-label="Pages">
          {(['Now', 'Past', 'System'] as const).map((group) => (
            <Group key={group} name={group} onGo={() => setOpen(false)} />
          ))}
        </nav>
        <div className={styles['content']}>
          {wish === undefined ? null : (
            <Suspense>
              <ReplayBar key={`${wish.from} ${wish.to}`} wish={wish} onReplay={setReplay} />
            </Suspense>
          )}
          <main className={styles['main']} id="main" tabIndex={-1}>
            <ConnectionBanner />
            {connection.state === 'refused' ? (
              <Login reason={connection.reason} />
            ) : wish !== undefined && replay === undefined ? (
              <Page title="Replay">
                <Skeleton height="12rem" />
              </Page>
            ) : (
              <Outlet />
            )}
          </main>
        </div>
      </div>
      {hasPalette ? (
        <Suspense>
          <Palette onClose={closePalette} />
        </Suspense>
      ) : null}
      <Toasts />
    </InTime>
  );
}

type InTimeProps = {
  readonly replay: Replay | undefined;
  /** Also while the first moment of a replay is still to come. */
  readonly isPast: boolean;
  readonly children: ReactNode;
};

/** Pages show now, or the moment of a replay, in which nothing can be done. */
function InTime({ replay, isPast, children }: InTimeProps) {
  const clock = useMemo(() => (replay === undefined ? presentClock : clockOf(replay)), [replay]);
  return (
    <SwarmContext value={replay ?? liveStore}>
      <ClockContext value={clock}>
        <NoDeedsContext value={isPast ? 'You are looking at the past: go back to now to do this' : undefined}>
          <ConfirmProvider>{children}</ConfirmProvider>
        </NoDeedsContext>
      </ClockContext>
    </SwarmContext>
  );
}

/** In a replay it is as late as what is shown. */
function clockOf({ view, subscribeView }: Replay) {
  return { now: () => view().shownAt ?? view().at, subscribe: subscribeView };
}

function Group({ name, onGo }: { readonly name: Place['group']; readonly onGo: () => void }) {
  const places = PLACES.filter(({ group }) => group === name);
  if (places.length === 0) return null;
  return (
    <section className={styles['group']}>
      <h2 className={styles['groupName']}>{name}</h2>
      <ul>
        {places.map(({ to, label, icon }) => (
          <li key={to}>
            <Link
              to={to}
              className={styles['link']}
              activeProps={{ className: `${styles['link']} ${styles['here']}`, 'aria-current': 'page' }}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              onClick={onGo}
            >
              <Icon name={icon} />
              <span>{label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
