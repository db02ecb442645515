import { useLocation, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { pastReads } from '../../live/read-past.ts';
import { createReplay, type Replay, SPEEDS, TICK_MS } from '../../live/replay.ts';
import { type ReplayWish, wishText } from '../../live/replay-wish.ts';
import { liveStore } from '../../live/use-swarm.ts';
import { Button } from '../../ui/button.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { useTime } from '../../ui/time.tsx';
import { momentWords } from './moment-words.ts';
import styles from './replay-bar.module.css';
import { LEAP_S, useReplayKeys } from './replay-keys.ts';
import { Scrubber } from './scrubber.tsx';
import { useReplayView } from './use-replay-view.ts';

type Props = {
  readonly wish: ReplayWish;
  /** Pages show what this says; undefined when it is over. */
  readonly onReplay: (replay: Replay | undefined) => void;
};

/** Over every page while an earlier moment is shown: which one, and how to move in time. */
export function ReplayBar({ wish, onReplay }: Props) {
  const [replay] = useState(() => createReplay(wish, pastReads, liveStore));
  useEffect(() => {
    replay.start();
    onReplay(replay);
    return () => {
      onReplay(undefined);
      replay.stop();
    };
  }, [replay, onReplay]);
  useAddress(replay, wish);
  useReplayKeys(replay);
  const { isPlaying } = useReplayView(replay);
  useEffect(() => {
    if (!isPlaying) return undefined;
    const timer = setInterval(replay.tick, TICK_MS);
    return () => clearInterval(timer);
  }, [replay, isPlaying]);
  return <Bar replay={replay} />;
}

/** How long a place in time has to last until the address names it. */
const SETTLED_MS = 400;

/** Where it stands is in the address, and where the address goes it goes too. While it plays the address waits. */
function useAddress(replay: Replay, { from, to, at }: ReplayWish): void {
  const navigate = useNavigate();
  const view = useReplayView(replay);
  const named = useRef(at);
  useEffect(() => {
    if (named.current === at) return;
    named.current = at;
    replay.seek(at);
  }, [replay, at]);
  useEffect(() => {
    if (view.isPlaying || view.at === named.current) return undefined;
    const timer = setTimeout(() => {
      named.current = view.at;
      const replayed = wishText({ from, to, at: view.at });
      void navigate({
        to: '.',
        search: (before) => ({ ...before, replay: replayed }),
        replace: true,
        resetScroll: false,
      });
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [navigate, view.isPlaying, view.at, from, to]);
}

function Bar({ replay }: { readonly replay: Replay }) {
  const view = useReplayView(replay);
  const navigate = useNavigate();
  const { from, to, at, shownAt, isPlaying, speed, error } = view;
  const leave = () =>
    void navigate({ to: '.', search: (before) => ({ ...before, replay: undefined }), resetScroll: false });
  return (
    <section className={styles['bar']} aria-label="Replay">
      <div className={styles['row']}>
        <Words at={shownAt ?? at} />
        <div className={styles['transport']} role="group" aria-label="Move in time">
          <Move icon="first" label="To the beginning" onMove={() => replay.seek(from)} />
          <Move icon="left" label="To the event before (Shift + ←)" onMove={() => replay.step(-1)} />
          <Move icon="rewind" label={`${LEAP_S} s back (←)`} onMove={() => replay.seek(at - LEAP_S)} />
          <Button small look="primary" className={styles['play']} onClick={isPlaying ? replay.pause : replay.play}>
            <Icon name={isPlaying ? 'pause' : 'play'} />
            {isPlaying ? 'Pause' : 'Play'}
          </Button>
          <Move icon="ahead" label={`${LEAP_S} s forward (→)`} onMove={() => replay.seek(at + LEAP_S)} />
          <Move icon="right" label="To the next event (Shift + →)" onMove={() => replay.step(1)} />
          <Move icon="last" label="To the end" onMove={() => replay.seek(to)} />
          <label className={styles['speed']}>
            <span className="visually-hidden">Speed</span>
            <select value={speed} onChange={(event) => replay.setSpeed(Number(event.target.value))}>
              {SPEEDS.map((each) => (
                <option key={each} value={each}>
                  ×{each}
                </option>
              ))}
            </select>
          </label>
        </div>
        <Button small onClick={leave}>
          Back to now
        </Button>
      </div>
      <Scrubber replay={replay} view={view} />
      {error === undefined ? (
        <Note view={view} />
      ) : (
        <p className={styles['error']} role="alert">
          This moment cannot be shown: {error.message}{' '}
          <Button small look="ghost" onClick={replay.retry}>
            Try again
          </Button>
        </p>
      )}
    </section>
  );
}

function Words({ at }: { readonly at: number }) {
  const { clock, day } = momentWords(at, useTime());
  return (
    <p className={styles['words']}>
      <Icon name="replay" />
      <span>
        You are looking at <strong className={styles['clock']}>{clock}</strong> {day}
      </span>
    </p>
  );
}

type MoveProps = { readonly icon: IconName; readonly label: string; readonly onMove: () => void };

function Move({ icon, label, onMove }: MoveProps) {
  return (
    <Button small look="ghost" title={label} onClick={onMove}>
      <Icon name={icon} />
      <span className="visually-hidden">{label}</span>
    </Button>
  );
}

/** Pages that show the moment; all others ask the control plane, which tells of now. */
const TRAVELLING = new Set(['', 'fleet', 'topology', 'queue', 'events', 'wire', 'replay']);

function Note({ view }: { readonly view: ReturnType<Replay['view']> }) {
  const [, first = '', second] = useLocation().pathname.split('/');
  const [begin, end] = [view.from, view.to].map((time) => momentWords(time, time).clock);
  const middle: ReactNode =
    !TRAVELLING.has(first) || second !== undefined ? (
      <strong>This page shows things as they are now.</strong>
    ) : view.shownAt === view.at ? (
      'Nothing can be changed here: it has happened.'
    ) : (
      'Reading…'
    );
  return (
    <p className={styles['note']}>
      <span>{begin}</span>
      <span role="status">{middle}</span>
      <span>{end}</span>
    </p>
  );
}
