import styles from './waves.module.css';

type Props = {
  /** How many there were in each equal slice of the time. */
  readonly density: readonly number[];
  /** Only these slices are drawn: from the first share of the time to the second. */
  readonly part?: readonly [from: number, to: number];
  readonly colour: string;
};

const TOP = 100;
/** What is there at all is to be seen beside what is much. */
const LOWEST = 4;

/** How much went over, slice by slice, as bars up to the busiest. As large as its place. */
export function Waves({ density, part = [0, 1], colour }: Props) {
  const slices = Math.max(1, density.length);
  const [from, to] = [part[0] * slices, part[1] * slices];
  return (
    <svg
      className={styles['waves']}
      viewBox={`0 0 ${slices} ${TOP}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <path d={barsOf(density, from, to)} fill={colour} />
    </svg>
  );
}

function barsOf(density: readonly number[], from: number, to: number): string {
  const most = Math.max(1, ...density);
  return density
    .map((count, index) => {
      if (count === 0 || index + 0.5 < from || index + 0.5 > to) return '';
      const height = LOWEST + ((TOP - LOWEST) * count) / most;
      return `M${index + 0.1} ${TOP}v-${height.toFixed(1)}h0.8v${height.toFixed(1)}z`;
    })
    .join('');
}
