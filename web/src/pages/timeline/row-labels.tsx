import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { duration, percent } from '../../ui/format.ts';
import styles from './chart.module.css';
import { HEAD_PX, type Layout } from './layout.ts';
import { AXIS_PX } from './scene.ts';
import type { Usage } from './usage.ts';

type Props = {
  readonly layout: Layout;
  /** By section and drone, of what is shown. */
  readonly usage: ReadonlyMap<string, Usage>;
};

/** The drones beside their rows, with how busy they were in the time that is shown. */
export const RowLabels = memo(function RowLabels({ layout, usage }: Props) {
  return (
    <div className={styles['labels']} style={{ height: layout.height + AXIS_PX }}>
      <div className={styles['corner']} style={{ height: AXIS_PX }}>
        <span>Drone</span>
        <span title="Busy share of its slots in the time that is shown">Busy</span>
      </div>
      {layout.heads.map(({ section, title, top }) => (
        <p key={section} className={styles['head']} style={{ top: top + AXIS_PX, height: HEAD_PX }}>
          {title}
        </p>
      ))}
      {layout.drones.map(({ section, drone, top, height }) => {
        const mine = usage.get(`${section} ${drone.name}`);
        return (
          <div
            key={`${section} ${drone.name}`}
            className={styles['label']}
            style={{ top: top + AXIS_PX, height, ['--share' as string]: mine?.utilisation ?? 0 }}
          >
            <Link to="/fleet/$name" params={{ name: drone.name }} className={styles['name']}>
              {drone.name}
            </Link>
            <span className={styles['busy']}>{mine === undefined ? '–' : percent(mine.utilisation)}</span>
            {height < 44 ? null : (
              <span className={styles['more']}>
                {drone.lanes.length} slots
                {mine !== undefined && mine.idleS > 1 ? ` · idle ${duration(mine.idleS)}` : ''}
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
});
