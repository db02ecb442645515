import type { ReactNode } from 'react';
import type { Counts } from '../../live/swarm-state.ts';
import { useIsLive, useSwarm } from '../../live/use-swarm.ts';
import { number } from '../../ui/format.ts';
import type { Box } from './geometry.ts';
import type { HubPlaces } from './hub.ts';
import styles from './map.module.css';
import { type Latency, WIRE_SECONDS, type Wire } from './use-wire.ts';

/** A box narrower than that has room for half as many words. */
const ROOMY = 140;

/** The parts beside the drones, with what they are at. */
export function HubBoxes({ places, wire }: { readonly places: HubPlaces; readonly wire: Wire }) {
  const counts = useSwarm('counts');
  const isLive = useIsLive();
  const isRoomy = places.clients.width >= ROOMY;
  return (
    <>
      <Part box={places.operators} title="Operators">
        <Line box={places.operators} y={40} text={isRoomy ? 'CLI, dashboard, scripts' : 'CLI, scripts'} />
        {isLive ? (
          <Line box={places.operators} y={60} text={trafficText(wire.questions, isRoomy ? 'requests' : '')} />
        ) : null}
      </Part>
      <Part box={places.binhost} title="Binhost" href="/published">
        <Line box={places.binhost} y={40} text={isRoomy ? 'packages and index' : 'packages'} />
        <Line box={places.binhost} y={60} text={counts === undefined ? '' : `${number(counts.received)} received`} />
      </Part>
      <Part box={places.clients} title="Clients">
        <Line box={places.clients} y={40} text={isRoomy ? 'emerge --getbinpkg' : 'emerge'} />
        {isLive ? (
          <Line box={places.clients} y={60} text={trafficText(wire.fetches, isRoomy ? 'files read' : 'read')} />
        ) : null}
      </Part>
      <Control box={places.control} />
    </>
  );
}

function trafficText(latency: Latency | undefined, noun: string): string {
  const minutes = `${WIRE_SECONDS / 60} min`;
  if (latency === undefined) return `none in ${minutes}`;
  return `${number(latency.count)} ${noun} / ${minutes}`.replace('  ', ' ');
}

/** What it says of itself beside its name, and the packages that it answers for. */
function Control({ box }: { readonly box: Box }) {
  const counts = useSwarm('counts');
  const ready = useSwarm('ready');
  const isPaused = useSwarm('isPaused');
  const status = useSwarm('status');
  const figures = counts === undefined ? [] : figuresOf(counts, ready);
  return (
    <Part box={box} title="Control plane" href="/" isMain>
      <text className={isPaused ? styles['halted'] : styles['small']} x={box.width - 14} y={24} textAnchor="end">
        {isPaused ? 'paused' : (status?.version ?? '')}
      </text>
      {figures.map(({ label, value, colour }, index) => (
        <g key={label} transform={`translate(${14 + (index * (box.width - 28)) / figures.length} 0)`}>
          <text className={styles['figure']} y={60} style={{ fill: colour }}>
            {number(value)}
          </text>
          <text className={styles['small']} y={80}>
            {label}
          </text>
        </g>
      ))}
    </Part>
  );
}

function figuresOf({ needed, delegated, received, blocked, failed }: Counts, ready: number) {
  return [
    { label: 'waiting', value: Math.max(0, needed - ready), colour: 'var(--needed)' },
    { label: 'ready', value: Math.min(ready, needed), colour: 'var(--ready)' },
    { label: 'building', value: delegated, colour: 'var(--delegated)' },
    blocked + failed > 0
      ? { label: 'blocked', value: blocked + failed, colour: 'var(--blocked)' }
      : { label: 'received', value: received, colour: 'var(--received)' },
  ];
}

type PartProps = {
  readonly box: Box;
  readonly title: string;
  readonly href?: string;
  readonly isMain?: boolean;
  readonly children: ReactNode;
};

function Part({ box: { x, y, width, height }, title, href, isMain, children }: PartProps) {
  const isRoomy = width >= ROOMY;
  const content = (
    <>
      <rect className={styles['face']} width={width} height={height} rx="7" />
      <text className={`${styles['part']} ${isRoomy ? '' : styles['narrowPart']}`} x={isRoomy ? 14 : 9} y="24">
        {title}
      </text>
      {children}
    </>
  );
  const className = `${styles['hub']} ${isMain === true ? styles['main'] : ''}`;
  return (
    <g transform={`translate(${x} ${y})`}>
      {href === undefined ? (
        <g className={className}>{content}</g>
      ) : (
        <a href={href} className={className}>
          {content}
        </a>
      )}
    </g>
  );
}

function Line({ y, text, box }: { readonly y: number; readonly text: string; readonly box: Box }) {
  return (
    <text className={styles['small']} x={box.width >= ROOMY ? 14 : 9} y={y}>
      {text}
    </text>
  );
}
