import styles from './story.module.css';
import type { Version } from './versions.ts';

type Point = readonly [x: number, y: number];
type Sketch = {
  readonly boxes: readonly { readonly at: Point; readonly text: string; readonly look?: 'main' | 'faint' }[];
  /** From box to box, by their numbers. */
  readonly lines: readonly (readonly [number, number])[];
};

const MACHINES: readonly Point[] = [
  [70, 40],
  [250, 40],
  [40, 130],
  [280, 130],
  [160, 180],
];

const SKETCHES: Readonly<Record<Version['id'], Sketch>> = {
  v1: {
    boxes: MACHINES.map((at, index) => ({ at, text: `10.0.0.${10 + index}` })),
    lines: MACHINES.flatMap((_, a) => MACHINES.slice(a + 1).map((__, b) => [a, a + 1 + b] as const)),
  },
  v2: {
    boxes: [
      { at: [160, 95], text: 'gateway', look: 'main' },
      { at: [110, 30], text: 'orchestrator' },
      { at: [240, 30], text: 'standby', look: 'faint' },
      { at: [50, 130], text: 'drone' },
      { at: [105, 180], text: 'drone' },
      { at: [215, 180], text: 'drone' },
      { at: [270, 130], text: 'drone' },
    ],
    lines: [
      [0, 1],
      [0, 2],
      [0, 3],
      [0, 4],
      [0, 5],
      [0, 6],
    ],
  },
  v3: {
    boxes: [
      { at: [160, 60], text: 'control plane', look: 'main' },
      { at: [50, 60], text: 'database' },
      { at: [272, 60], text: 'binhost' },
      { at: [40, 165], text: 'drone' },
      { at: [120, 165], text: 'drone' },
      { at: [200, 165], text: 'drone' },
      { at: [280, 165], text: 'drone' },
    ],
    lines: [
      [0, 1],
      [0, 2],
      [0, 3],
      [0, 4],
      [0, 5],
      [0, 6],
    ],
  },
};

/** A version in boxes and lines. */
export function Drawing({ id, label }: { readonly id: Version['id']; readonly label: string }) {
  const { boxes, lines } = SKETCHES[id];
  const place = (index: number): Point => boxes[index]?.at ?? [0, 0];
  return (
    <svg viewBox="0 0 320 210" className={styles['drawing']} role="img" aria-label={label}>
      {lines.map(([a, b]) => (
        <line
          key={`${a} ${b}`}
          x1={place(a)[0]}
          y1={place(a)[1]}
          x2={place(b)[0]}
          y2={place(b)[1]}
          className={boxes[b]?.look === 'faint' ? styles['faintLine'] : undefined}
        />
      ))}
      {boxes.map(({ at: [x, y], text, look }, index) => {
        const width = 16 + 6.4 * text.length;
        return (
          <g key={index} className={look === undefined ? undefined : styles[look]}>
            <rect x={x - width / 2} y={y - 13} width={width} height="26" rx="5" />
            <text x={x} y={y + 4} textAnchor="middle">
              {text}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
