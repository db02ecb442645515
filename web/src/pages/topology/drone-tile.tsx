import { memo } from 'react';
import { toneOf } from '../../ui/pill.tsx';
import type { Box } from './geometry.ts';
import styles from './map.module.css';
import { type MapDrone, milliseconds, sentenceOf, slotsText } from './map-drones.ts';
import type { Tier } from './tiers.ts';

type Props = { readonly drone: MapDrone; readonly box: Box; readonly tier: Tier };

/** Letters that fit beside what else is in the line, by the room for each drone. */
const LETTERS = { large: 15, medium: 14, small: 10, tiny: 9 } as const;
/** So many slots are drawn one by one. */
const PIPS = { large: 8, medium: 5, small: 0, tiny: 0 } as const;

/** A drone on the map: its state at the edge, its slots, and as much more as there is room for. It leads to its page. */
export const DroneTile = memo(function Tile({ drone, box, tier }: Props) {
  const { x, y, width, height } = box;
  return (
    <g
      transform={`translate(${x} ${y})`}
      className={`${styles['tile']} ${drone.state === 'offline' || drone.state === 'stale' ? styles['absent'] : ''}`}
      style={{ ['--tone' as string]: toneOf(drone.state) }}
    >
      <rect className={styles['face']} width={width} height={height} rx="5" />
      <rect className={styles['edge']} width="3" height={height - 8} x="0" y="4" rx="1.5" />
      <g aria-hidden="true">
        {tier.name === 'large' ? <Large drone={drone} box={box} /> : null}
        {tier.name === 'medium' ? <Medium drone={drone} box={box} /> : null}
        {tier.name === 'small' || tier.name === 'tiny' ? <Small drone={drone} box={box} name={tier.name} /> : null}
      </g>
      {/* Over the words, which are less than what is said of it. */}
      <a
        href={`/fleet/${encodeURIComponent(drone.name)}`}
        data-drone={drone.id}
        aria-label={sentenceOf(drone)}
        className={styles['cover']}
      >
        <rect width={width} height={height} rx="5" />
      </a>
    </g>
  );
}, isSame);

type PartProps = { readonly drone: MapDrone; readonly box: Box };

function Large({ drone, box: { width, height } }: PartProps) {
  const { state, slots, used, work, phase, works } = drone;
  const more = works.length > 1 ? ` +${works.length - 1}` : '';
  return (
    <>
      <Name drone={drone} y={20} letters={LETTERS.large} />
      <Latency drone={drone} x={width - 10} y={20} />
      <Pips drone={drone} y={30} most={PIPS.large} />
      <text className={styles['small']} x={width - 10} y={39} textAnchor="end">
        {state === 'online' ? `${slotsText({ used, slots })}${slots === null ? ' builds' : ' slots'}` : state}
      </text>
      <text className={styles['work']} x="12" y={58}>
        {work === '' ? wordFor(drone) : cut(work, 25 - more.length)}
        {more}
      </text>
      <text className={styles['small']} x="12" y={72}>
        {phase}
      </text>
      <rect className={styles['rail']} x={width - 58} y={height - 13} width="48" height="3" rx="1.5" />
      <rect className={styles['cpu']} x={width - 58} y={height - 13} width={48 * drone.cpu} height="3" rx="1.5" />
    </>
  );
}

function Medium({ drone, box: { width } }: PartProps) {
  return (
    <>
      <Name drone={drone} y={19} letters={LETTERS.medium} />
      <Pips drone={drone} y={29} most={PIPS.medium} />
      {drone.state === 'online' ? (
        <Latency drone={drone} x={width - 8} y={38} />
      ) : (
        <text className={styles['small']} x={width - 8} y={38} textAnchor="end">
          {drone.state}
        </text>
      )}
    </>
  );
}

/** Its name, and under it how much of its slots is in use. */
function Small({ drone, box: { width, height }, name }: PartProps & { readonly name: 'small' | 'tiny' }) {
  const share = drone.slots === null ? Math.min(1, drone.used) : drone.used / Math.max(1, drone.slots);
  const room = width - 14;
  const isTiny = name === 'tiny';
  return (
    <>
      <text
        className={isTiny ? styles['tinyName'] : styles['name']}
        x={isTiny ? 8 : 11}
        y={height / 2 + (isTiny ? 2 : 1)}
      >
        {cutName(drone.name, LETTERS[name])}
      </text>
      <rect className={styles['rail']} x="8" y={height - 6} width={room} height="2" rx="1" />
      <rect className={styles['use']} x="8" y={height - 6} width={room * Math.min(1, share)} height="2" rx="1" />
    </>
  );
}

function Name({ drone, y, letters }: { readonly drone: MapDrone; readonly y: number; readonly letters: number }) {
  return (
    <text className={styles['name']} x="12" y={y}>
      {cutName(drone.name, letters)}
    </text>
  );
}

function Latency({ drone: { latency }, x, y }: { readonly drone: MapDrone; readonly x: number; readonly y: number }) {
  if (latency === undefined) return null;
  return (
    <text className={`${styles['small']} ${latency.avg > SLOW_MS ? styles['slow'] : ''}`} x={x} y={y} textAnchor="end">
      {milliseconds(latency.avg)}
    </text>
  );
}

/** Answers that take longer are worth a look. */
const SLOW_MS = 250;

function Pips({ drone, y, most }: { readonly drone: MapDrone; readonly y: number; readonly most: number }) {
  const all = Math.max(drone.slots ?? drone.used, drone.used);
  if (all > most)
    return (
      <text className={styles['small']} x="12" y={y + 9}>
        {slotsText(drone)}
      </text>
    );
  return Array.from({ length: all }, (_, index) => (
    <rect
      key={index}
      className={index < drone.used ? styles['busy'] : styles['free']}
      x={12 + index * 12}
      y={y}
      width="9"
      height="9"
      rx="2"
    />
  ));
}

function wordFor({ state, seen }: MapDrone): string {
  if (state === 'offline' || state === 'stale') return seen === 0 ? 'never heard of' : 'silent';
  return state === 'online' ? 'idle' : '';
}

function cut(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}

/** Names of machines differ at their ends. */
function cutName(name: string, letters: number): string {
  const tail = Math.ceil((letters - 1) / 2);
  return name.length <= letters ? name : `${name.slice(0, letters - 1 - tail)}…${name.slice(-tail)}`;
}

function isSame(before: Props, after: Props): boolean {
  const [a, b] = [before.drone, after.drone];
  return (
    before.tier === after.tier &&
    before.box.x === after.box.x &&
    before.box.y === after.box.y &&
    a.name === b.name &&
    a.state === b.state &&
    a.slots === b.slots &&
    a.works.join() === b.works.join() &&
    Math.round(50 * a.cpu) === Math.round(50 * b.cpu) &&
    a.latency?.avg === b.latency?.avg
  );
}
