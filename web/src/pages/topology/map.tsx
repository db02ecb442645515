import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { DroneTile } from './drone-tile.tsx';
import { createFlights, type Flights } from './flights.ts';
import { type Point, reversed, type Size } from './geometry.ts';
import { HubBoxes } from './hub-boxes.tsx';
import { isNarrow, type Layout, layoutOf } from './layout.ts';
import styles from './map.module.css';
import type { MapDrone } from './map-drones.ts';
import type { MessageKind } from './message-kinds.ts';
import type { Message } from './messages.ts';
import { Peek } from './peek.tsx';
import type { Traffic } from './use-messages.ts';
import { useSize } from './use-size.ts';
import { useView } from './use-view.ts';
import type { Wire } from './use-wire.ts';
import { Wires } from './wires.tsx';

/** Takes what is to be drawn. */
export type Draw = (messages: readonly Message[]) => void;

type Props = {
  readonly drones: readonly MapDrone[];
  readonly wire: Wire;
  readonly traffic: Traffic;
  readonly hidden: ReadonlySet<MessageKind>;
  readonly isStill: boolean;
  /** Is given what draws messages, and told when it is gone. */
  readonly onReady: (draw: Draw | undefined) => void;
};

/** The swarm as it is put together, in a window of its own that can be moved and zoomed. */
export function SwarmMap(props: Props) {
  const room = useRef<HTMLDivElement>(null);
  const size = useSize(room);
  return (
    <div ref={room} className={styles['room']}>
      {size === undefined || size.width === 0 ? null : <Sized {...props} room={size} />}
    </div>
  );
}

function Sized({ drones, wire, traffic, hidden, isStill, onReady, room }: Props & { readonly room: Size }) {
  const isLong = isNarrow(room);
  // A phone's page is scrolled: what counts is the screen.
  const height = isLong ? innerHeight : room.height;
  const layout = useMemo(
    () => layoutOf(drones.length, { width: room.width, height }),
    [drones.length, room.width, height],
  );
  const window = isLong ? { width: room.width, height: layout.height } : room;
  const home = useRef<HTMLDivElement>(null);
  const { view, ...hand } = useView({ map: layout, window, home, isPageScrolled: isLong });
  const [looked, setLooked] = useState<string>();
  const layer = useFlights({ layout, drones, hidden, isStill, onReady });
  const navigate = useNavigate();
  const indexes = useMemo(() => new Map(drones.map(({ id }, index) => [id, index])), [drones]);
  const lookAt = (target: EventTarget) => setLooked(droneOf(target));
  const open = (event: MouseEvent) => {
    const href = event.target instanceof Element ? event.target.closest('a')?.getAttribute('href') : undefined;
    if (href == null) return;
    if (!hand.isClick()) return event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    void navigate({ to: href });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const act = KEYS[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act(hand);
  };
  const lookedAt = indexes.get(looked ?? '') ?? -1;
  const shown = drones[lookedAt];
  const isOnLeft = ((layout.drones[lookedAt]?.x ?? 0) * view.scale + view.x) * 2 < window.width;
  return (
    // Clicks and keys come from the links and buttons in it.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={home}
      className={`${styles['window']} ${hand.isFitted ? '' : styles['moved']} ${isLong ? styles['long'] : ''}`}
      style={isLong ? { height: window.height } : undefined}
      {...hand.pointer}
      onClick={open}
      onKeyDown={onKeyDown}
      onPointerOver={(event) => lookAt(event.target)}
      onPointerLeave={() => setLooked(undefined)}
      onFocus={({ target }) => {
        lookAt(target);
        const box = layout.drones[indexes.get(droneOf(target) ?? '') ?? -1];
        if (box !== undefined) hand.reveal(box);
      }}
      onBlur={() => setLooked(undefined)}
    >
      <svg
        className={styles['map']}
        width={window.width}
        height={window.height}
        role="group"
        aria-label="Map of the swarm"
      >
        <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
          <Wires layout={layout} drones={drones} looked={looked} />
          <g ref={layer} aria-hidden="true" data-layer="messages" />
          <HubBoxes places={layout.places} wire={wire} />
          {drones.map((drone, index) => {
            const box = layout.drones[index];
            return box === undefined ? null : <DroneTile key={drone.id} drone={drone} box={box} tier={layout.tier} />;
          })}
        </g>
      </svg>
      <div className={styles['zoom']} role="group" aria-label="Zoom" hidden={isLong}>
        <Button small onClick={hand.zoomIn} aria-label="Larger">
          +
        </Button>
        <Button small onClick={hand.zoomOut} disabled={hand.isFitted} aria-label="Smaller">
          −
        </Button>
        <Button small onClick={hand.fit} disabled={hand.isFitted}>
          Fit
        </Button>
      </div>
      {shown === undefined || isLong ? null : <Peek drone={shown} last={traffic.lastOf(shown.id)} isRight={isOnLeft} />}
    </div>
  );
}

type Hand = Omit<ReturnType<typeof useView>, 'view'>;

const KEY_STEP = 60;
/** What keys do to the map while something in it has the focus. */
const KEYS: Readonly<Record<string, (hand: Hand) => void>> = {
  '+': (hand) => hand.zoomIn(),
  '=': (hand) => hand.zoomIn(),
  '-': (hand) => hand.zoomOut(),
  '0': (hand) => hand.fit(),
  ArrowLeft: (hand) => hand.move(KEY_STEP, 0),
  ArrowRight: (hand) => hand.move(-KEY_STEP, 0),
  ArrowUp: (hand) => hand.move(0, KEY_STEP),
  ArrowDown: (hand) => hand.move(0, -KEY_STEP),
};

function droneOf(target: EventTarget): string | undefined {
  return target instanceof Element
    ? (target.closest<SVGElement>('[data-drone]')?.dataset['drone'] ?? undefined)
    : undefined;
}

type FlightProps = Pick<Props, 'drones' | 'hidden' | 'isStill' | 'onReady'> & { readonly layout: Layout };

/** The layer in which messages move; whoever hears of them is given what draws them. */
function useFlights({ layout, drones, hidden, isStill, onReady }: FlightProps) {
  const layer = useRef<SVGGElement>(null);
  const flights = useRef<Flights>(undefined);
  const latest = useRef({ layout, drones, hidden, isStill });
  useEffect(() => {
    latest.current = { layout, drones, hidden, isStill };
    if (isStill) flights.current?.clear();
  });
  const draw = useCallback<Draw>((messages) => {
    const { isStill: isOff, hidden: left, ...map } = latest.current;
    if (isOff || flights.current === undefined) return;
    const isReduced = matchMedia('(prefers-reduced-motion: reduce)').matches;
    for (const [index, message] of messages.entries()) {
      const points = left.has(message.kind) ? undefined : wayOf(message, map);
      if (points === undefined) continue;
      if (!isReduced) flights.current.send(points, message.kind, delayOf(message, index, messages.length));
      else if (message.kind !== 'heartbeat') flights.current.flash(points, message.kind);
    }
  }, []);
  useEffect(() => {
    if (layer.current === null) return;
    const made = createFlights(layer.current);
    flights.current = made;
    onReady(draw);
    return () => {
      onReady(undefined);
      made.clear();
    };
  }, [draw, onReady]);
  return layer;
}

/** News come four times a second: what came together is spread over the time between. */
const SPREAD_MS = 250;
/** A package is published when it has arrived. */
const ARRIVAL_MS = 900;

function delayOf({ kind }: Message, index: number, all: number): number {
  return (SPREAD_MS * index) / all + (kind === 'publish' ? ARRIVAL_MS : 0);
}

function wayOf(
  { way, drone }: Message,
  { layout, drones }: { readonly layout: Layout; readonly drones: readonly MapDrone[] },
): readonly Point[] | undefined {
  if (way !== 'up' && way !== 'down') return layout.links[way];
  const wire = layout.wires[drones.findIndex(({ id }) => id === drone)];
  return wire === undefined || way === 'down' ? wire : reversed(wire);
}
