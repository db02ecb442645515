import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Choice } from '../../ui/toolbar.tsx';
import styles from './timeline.module.css';
import { COLOURINGS, type TimelineSearch } from './timeline-search.ts';
import type { TimelineData } from './use-timeline.ts';
import type { ViewStore } from './view-store.ts';

type Props = {
  readonly search: TimelineSearch;
  readonly data: Pick<TimelineData, 'sessions' | 'isOver' | 'pathSession'>;
  readonly change: (next: TimelineSearch) => void;
};

const LABELS = { outcome: 'Outcome', phase: 'Phase' } as const;

/** What is shown, and how. */
export function Controls({ search, data, change }: Props) {
  const { session, colour = 'outcome', path, future, compare, view } = search;
  const { sessions, isOver, pathSession } = data;
  return (
    <div className={styles['controls']}>
      <label className={styles['select']}>
        <span>Builds of</span>
        <select
          value={session ?? ''}
          onChange={({ target }) =>
            change({
              session: target.value || undefined,
              compare: undefined,
              from: undefined,
              to: undefined,
              span: undefined,
            })
          }
        >
          <option value="">all sessions</option>
          {session !== undefined && sessions.data?.every(({ id }) => id !== session) === true ? (
            <option value={session}>{session}</option>
          ) : null}
          {sessions.data?.map(({ id, name, status }) => (
            <option key={id} value={id}>
              {name} ({status})
            </option>
          ))}
        </select>
      </label>
      <Choice
        label="Colour by"
        options={COLOURINGS.map((value) => ({ value, label: LABELS[value] }))}
        value={colour}
        onChange={(value) => change({ colour: value === 'phase' ? value : undefined })}
      />
      <div className={styles['toggles']}>
        <Button
          aria-pressed={path === true}
          disabled={pathSession === undefined}
          title="The chain of builds that decides when the session ends"
          onClick={() => change({ path: path === true ? undefined : true })}
        >
          Critical path
        </Button>
        <Button
          aria-pressed={future !== false && !isOver}
          disabled={isOver}
          title={isOver ? 'The session is over: nothing is to come' : 'What each drone will probably build next'}
          onClick={() => change({ future: future === false ? undefined : false })}
        >
          Forecast
        </Button>
        <Button
          aria-pressed={compare === true && isOver}
          disabled={!isOver}
          title={
            isOver
              ? 'Beside the same session as the scheduler would do it today'
              : 'Choose a session that is over to compare it with its simulation'
          }
          onClick={() => change({ compare: compare === true ? undefined : true, from: undefined, to: undefined })}
        >
          Compare with simulation
        </Button>
      </div>
      <Choice
        label="Show as"
        options={[
          { value: 'chart', label: 'Chart' },
          { value: 'table', label: 'Table' },
        ]}
        value={view ?? 'chart'}
        onChange={(value) => change({ view: value === 'table' ? value : undefined })}
      />
    </div>
  );
}

const SPANS = [
  { label: '15m', spanS: 900 },
  { label: '1h', spanS: 3_600 },
  { label: '6h', spanS: 21_600 },
  { label: '24h', spanS: 86_400 },
] as const;

/** Nearer, farther, everything, now. */
export function ZoomButtons({
  view,
  isFollowing,
  isOver,
}: {
  readonly view: ViewStore;
  readonly isFollowing: boolean;
  readonly isOver: boolean;
}) {
  return (
    <div className={styles['zoom']} role="group" aria-label="Time that is shown">
      {isOver
        ? null
        : SPANS.map(({ label, spanS }) => (
            <Button
              key={label}
              className={styles['span']}
              look="ghost"
              aria-label={`The last ${label}`}
              onClick={() => view.follow(spanS)}
            >
              {label}
            </Button>
          ))}
      <Button onClick={() => view.fit()}>All</Button>
      <Button aria-label="Zoom out" title="Zoom out (-)" onClick={() => view.zoom(1.5)} icon={<Icon name="minus" />} />
      <Button aria-label="Zoom in" title="Zoom in (+)" onClick={() => view.zoom(1 / 1.5)} icon={<Icon name="plus" />} />
      {isOver ? null : (
        <Button aria-pressed={isFollowing} title="Follow the time (End)" onClick={() => view.follow()}>
          Now
        </Button>
      )}
    </div>
  );
}
